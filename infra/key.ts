import { CloudformationStack } from '@cdktf/provider-aws/lib/cloudformation-stack/index.js';
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js';
import { KmsKeyPolicy } from '@cdktf/provider-aws/lib/kms-key-policy/index.js';
import type { Names } from '../lib/fleet/fleet-names.ts';
import { type FleetContext, named } from './context.ts';
import { policyJson } from './policy/document.ts';
import { keyPolicy } from './policy/shared.ts';

/** The key of the fleet: its ARN and id, and the resource that whatever is to go before it depends on. */
export interface FleetKey {
  readonly arn: string;
  readonly keyId: string;
  readonly resource: CloudformationStack;
}

/**
 * One key for all that is stored: at a dollar a key a month, and each use of it is bound to its service.
 *
 * It outlives the fleet, as do the snapshots, the secrets that can be brought back and the images' copies under it. A
 * key that Terraform owns is scheduled for deletion by a destroy, is of no use from then on and gone a month later, and
 * `prevent_destroy` would forbid every destroy; so CloudFormation makes it, which leaves behind what its template retains.
 * The template is never updated: what encrypts with the key is made anew whenever Terraform can't tell its ARN beforehand.
 *
 * So the key is born with its whole policy, since log groups are made as soon as its ARN is known, and are refused where the
 * log service may not use it yet. A policy that changes later reaches the key by the resource below, the only one that ever
 * writes again: CloudFormation writes what its template says once, and the two are one text.
 */
export function createKey({ stack, names }: FleetContext): FleetKey {
  const resource = named(
    new CloudformationStack(stack, 'key', {
      name: `${names.stack}-key`,
      templateBody: JSON.stringify(template(names)),
      tags: { Name: names.stack },
      lifecycle: { ignoreChanges: 'all' },
    }),
    'key',
  );
  const key = {
    resource,
    arn: resource.getStringAttribute('outputs.Arn'),
    keyId: resource.getStringAttribute('outputs.Id'),
  };
  named(
    new KmsKeyPolicy(stack, 'key-policy', { keyId: key.keyId, policy: policyJson(keyPolicy(names)) }),
    'key_policy',
  );
  named(new KmsAlias(stack, 'key-alias', { name: `alias/${names.stack}`, targetKeyId: key.keyId }), 'key_alias');
  return key;
}

// The stack's tags are the key's too. Source: CloudFormation user guide, AWS::KMS::Key and the attribute DeletionPolicy.
function template(names: Names) {
  return {
    Description: `The key of the fleet ${names.stack}; deleting this stack keeps the key`,
    Resources: {
      Key: {
        Type: 'AWS::KMS::Key',
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: {
          Description: `${names.stack}: secrets, objects, disks, logs`,
          EnableKeyRotation: true,
          KeyPolicy: keyPolicy(names),
        },
      },
    },
    Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } }, Id: { Value: { Ref: 'Key' } } },
  };
}
