import { z } from 'zod';
import type { FleetConfig } from '../../../lib/fleet/fleet-config.ts';
import { namesOf } from '../../../lib/fleet/fleet-names.ts';
import { ofType, synthesizeNow } from '../support.ts';
import { callAws, makeBucket, writeParameter } from './aws-call.ts';

const parameter = z.looseObject({ name: z.string(), value: z.string() });
const logGroup = z.looseObject({ name: z.string() });

/**
 * Makes in AWS what Terraform would for these agents and the hub, as far as machines and containers use it: the
 * parameters with the very text that is synthesized, the logs, the buckets, and the secrets filled.
 */
export async function seedAws(
  socketPath: string,
  config: FleetConfig,
  agents: readonly string[],
  secrets: ReadonlyMap<string, unknown>,
): Promise<void> {
  const names = namesOf(config);
  const synthesized = synthesizeNow(config, agents);
  for (const one of ofType(synthesized, 'aws_ssm_parameter').values()) {
    const { name, value } = parameter.parse(one);
    // Terraform knows a role's ARN once it is made; it follows from the names.
    const known = value.replaceAll(/\$\{aws_iam_role\.([\w-]+)_role\.arn\}/g, (_, unit: string) =>
      names.arn.role(names.unitRolePath, names.unitRole(unit)),
    );
    await writeParameter(socketPath, name, known);
  }
  for (const one of ofType(synthesized, 'aws_cloudwatch_log_group').values()) {
    const { name } = logGroup.parse(one);
    await callAws(socketPath, 'logs', 'Logs_20140328.CreateLogGroup', { logGroupName: name });
  }
  for (const bucket of [names.deliveries, names.corpus]) await makeBucket(socketPath, bucket);
  for (const [unit, secret] of secrets) {
    await callAws(socketPath, 'secretsmanager', 'secretsmanager.CreateSecret', {
      Name: names.secret(unit),
      SecretString: JSON.stringify(secret),
    });
  }
}
