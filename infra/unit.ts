import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret/index.js';
import { SecretsmanagerSecretPolicy } from '@cdktf/provider-aws/lib/secretsmanager-secret-policy/index.js';
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter/index.js';
import { STEWARD } from '../lib/core/ids.ts';
import { HUB } from '../lib/fleet/fleet-names.ts';
import { type FleetContext, named } from './context.ts';
import type { FleetKey } from './key.ts';
import { policyJson } from './policy/document.ts';
import { rpcSecretPolicy, secretPolicy, unitPolicy, unitTrust } from './policy/unit.ts';
import type { Container, UnitParameter } from './unit-parameter.ts';

/** A container of the fleet: an agent, the hub or the steward. */
export interface UnitPlan extends Container {
  readonly unit: string;
  readonly host: string;
  readonly hostRole: IamRole;
  /** `registry/repository@sha256:…` to start with, or undefined while there is none. */
  readonly image: string | undefined;
}

/** What a unit has wherever it runs: a secret, a log, and an alarm for silence. Made also before there are machines. */
export interface UnitBase {
  readonly unit: string;
  readonly secret: SecretsmanagerSecret;
  /** What the unit may read: its own secret, and the RPC's where there is one. */
  readonly secretArns: readonly string[];
}

/** The secret of the RPC's address; none where the configuration names a public one. Its value never passes through here. */
export function createRpcSecret(
  { stack, config, names }: FleetContext,
  key: FleetKey,
): SecretsmanagerSecret | undefined {
  if (!config.chain.keyedRpc) return undefined;
  const secret = named(
    new SecretsmanagerSecret(stack, 'rpc-secret', {
      name: names.rpcSecret,
      description: 'The address of the RPC, with its key',
      kmsKeyId: key.arn,
      recoveryWindowInDays: config.recoverDeletedSecretsDays,
    }),
    'rpc_secret',
  );
  named(
    new SecretsmanagerSecretPolicy(stack, 'rpc-secret-policy', {
      secretArn: secret.arn,
      policy: policyJson(rpcSecretPolicy(names)),
      blockPublicPolicy: true,
    }),
    'rpc_secret_policy',
  );
  return secret;
}

/** The secret (its value never passes through here) and the log of a unit. `rpc` is the RPC's, where that is one. */
export function createUnitBase(
  { stack, config, names }: FleetContext,
  key: FleetKey,
  unit: string,
  rpc: SecretsmanagerSecret | undefined,
): UnitBase {
  const secret = named(
    new SecretsmanagerSecret(stack, `${unit}-secret`, {
      name: names.secret(unit),
      description: secretOf(unit),
      kmsKeyId: key.arn,
      recoveryWindowInDays: config.recoverDeletedSecretsDays,
      tags: { Unit: unit },
    }),
    `${unit}_secret`,
  );
  named(
    new CloudwatchLogGroup(stack, `${unit}-log`, {
      name: names.logGroup(unit),
      retentionInDays: config.logs.retentionDays,
      kmsKeyId: key.arn,
      tags: { Unit: unit },
    }),
    `${unit}_log`,
  );
  return { unit, secret, secretArns: rpc === undefined || unit === HUB ? [secret.arn] : [secret.arn, rpc.arn] };
}

function secretOf(unit: string): string {
  if (unit === HUB) return 'Accounts and key of the hub';
  if (unit === STEWARD) return 'The treasury’s key and two hub credentials';
  return 'Wallet key, delivery seed and hub credential';
}

/** The role of a unit, the parameters of its host, and the alarm for when it is silent. */
export function createUnit(
  context: FleetContext,
  key: FleetKey,
  base: UnitBase,
  plan: UnitPlan,
  topicArn: string,
): void {
  const { stack, names } = context;
  const { unit } = plan;
  const tags = { Unit: unit };
  const role = named(
    new IamRole(stack, `${unit}-role`, {
      name: names.unitRole(unit),
      path: names.unitRolePath,
      description: `What ${unit} may do`,
      assumeRolePolicy: policyJson(unitTrust(plan.hostRole.arn)),
      // The longest that a role assumed by a role may last; URLs signed with it live minutes.
      maxSessionDuration: 3600,
      tags,
    }),
    `${unit}_role`,
  );
  const grants = { unit, secretArns: base.secretArns, keyArn: key.arn };
  named(
    new IamRolePolicy(stack, `${unit}-policy`, {
      name: 'own',
      role: role.name,
      policy: policyJson(unitPolicy(names, grants)),
    }),
    `${unit}_policy`,
  );
  named(
    new SecretsmanagerSecretPolicy(stack, `${unit}-secret-policy`, {
      secretArn: base.secret.arn,
      policy: policyJson(secretPolicy(role.arn)),
      blockPublicPolicy: true,
    }),
    `${unit}_secret_policy`,
  );
  createParameters(context, plan, role.arn);
  createSilenceAlarm(context, unit, topicArn);
}

function createParameters({ stack, names }: FleetContext, plan: UnitPlan, role: string): void {
  const { unit, host, command, memoryMb, ports, data, env } = plan;
  const tags = { Unit: unit };
  const parameter: UnitParameter = { role, logGroup: names.logGroup(unit), command, memoryMb, ports, data, env };
  named(
    new SsmParameter(stack, `${unit}-unit`, {
      name: `${names.unitsPath(host)}/${unit}`,
      type: 'String',
      description: `What ${host} runs as ${unit}`,
      value: JSON.stringify(parameter),
      tags,
    }),
    `${unit}_unit`,
  );
  if (plan.image === undefined) return;
  named(
    new SsmParameter(stack, `${unit}-image`, {
      name: `${names.imagesPath(host)}/${unit}`,
      type: 'String',
      description: `The image ${unit} runs; rolled by swarm-ops, a few at a time`,
      value: plan.image,
      tags,
      // Terraform says where an agent starts. A roll changes it a few agents at a time, waits for their health and
      // goes back on failure; an apply in between must not finish the job at once, nor undo it.
      lifecycle: { ignoreChanges: ['value'] },
    }),
    `${unit}_image`,
  );
}

/**
 * An agent that beats logs; one that doesn't is silent. AWS counts the lines of a log group at no cost, where a metric
 * of our own would be 0.30 USD an agent. A container that keeps crashing is no longer restarted, and is silent then.
 */
function createSilenceAlarm({ stack, config, names }: FleetContext, unit: string, topicArn: string): void {
  const periodMinutes = 5;
  named(
    new CloudwatchMetricAlarm(stack, `${unit}-silent`, {
      alarmName: `${names.stack}-${unit}-silent`,
      alarmDescription: `${unit} has logged nothing for ${config.alarms.silentAfterMinutes} minutes. Next: swarm-ops logs ${unit}`,
      namespace: 'AWS/Logs',
      metricName: 'IncomingLogEvents',
      dimensions: { LogGroupName: names.logGroup(unit) },
      statistic: 'Sum',
      period: periodMinutes * 60,
      evaluationPeriods: config.alarms.silentAfterMinutes / periodMinutes,
      comparisonOperator: 'LessThanThreshold',
      threshold: 1,
      treatMissingData: 'breaching',
      alarmActions: [topicArn],
      okActions: [topicArn],
      tags: { Unit: unit },
    }),
    `${unit}_silent`,
  );
}
