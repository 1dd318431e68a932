import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { SsmDocument } from '@cdktf/provider-aws/lib/ssm-document/index.js';
import { type FleetContext, named } from './context.ts';
import { hubDocument } from './hub-document.ts';
import type { FleetKey } from './key.ts';
import { policyJson } from './policy/document.ts';
import { operatorPolicy, operatorTrust } from './policy/operator.ts';
import { unitDocument } from './unit-document.ts';

/** The role of the people who run the fleet, the one command they can send to machines without a shell, and their way to the hub. */
export function createOperator({ stack, config, names }: FleetContext, key: FleetKey): void {
  named(
    new SsmDocument(stack, 'unit-document', {
      name: names.unitDocument,
      documentType: 'Command',
      documentFormat: 'JSON',
      targetType: '/AWS::EC2::Instance',
      content: JSON.stringify(unitDocument),
    }),
    'unit_document',
  );
  named(
    new SsmDocument(stack, 'hub-document', {
      name: names.hubDocument,
      documentType: 'Session',
      documentFormat: 'JSON',
      content: JSON.stringify(hubDocument),
    }),
    'hub_document',
  );
  if (config.operators.length === 0) return;
  const role = named(
    new IamRole(stack, 'operator', {
      name: names.operatorRole,
      path: `/${names.stack}/`,
      description: 'Sees, restarts, rolls images, fills secrets; reads neither secrets nor goods',
      assumeRolePolicy: policyJson(operatorTrust(config.operators)),
      maxSessionDuration: 3600 * 4,
    }),
    'operator',
  );
  named(
    new IamRolePolicy(stack, 'operator-policy', {
      name: 'operator',
      role: role.name,
      policy: policyJson(operatorPolicy(names, key.arn)),
    }),
    'operator_policy',
  );
}
