import { z } from 'zod';
import type { Synthesized } from './support.ts';

type Body = Readonly<Record<string, unknown>>;
type Check = (body: Body, name: string, all: Synthesized) => readonly (string | false)[];

const policySchema = z.object({
  Statement: z.array(
    z.object({
      Sid: z.string(),
      Effect: z.string(),
      Action: z.array(z.string()).optional(),
      Resource: z.array(z.string()).optional(),
      Principal: z.unknown().optional(),
    }),
  ),
});

/**
 * Statements that allow on every resource because their actions take none (IAM's service authorization reference), each
 * answered beside its definition in infra/policy.
 */
const WITHOUT_RESOURCE = new Set(['LogInToRegistry', 'SessionManager', 'See']);

/** The usual high findings of checkov and tfsec for what a fleet is made of, by type of resource. */
const CHECKS: Readonly<Record<string, Check>> = {
  aws_vpc_security_group_ingress_rule: (rule) => [
    (rule.cidr_ipv4 !== undefined || rule.cidr_ipv6 !== undefined) && 'lets an address range in; name a group',
  ],
  aws_vpc_security_group_egress_rule: (rule) => [
    rule.cidr_ipv4 !== undefined && rule.from_port !== 443 && 'lets more than HTTPS out to the world',
  ],
  aws_security_group: (group) => [
    (group.ingress !== undefined || group.egress !== undefined) &&
      'has rules in line, which rules beside it would fight',
  ],
  aws_default_security_group: (group) => [
    (group.ingress !== undefined || group.egress !== undefined) && 'is not closed',
  ],
  aws_subnet: (subnet) => [subnet.map_public_ip_on_launch !== false && 'gives out public addresses'],
  aws_instance: (instance) => [
    instance.associate_public_ip_address === true && 'has a public address',
    !has(instance.metadata_options, { http_tokens: 'required' }) && 'answers metadata without a token',
    !has(instance.metadata_options, { http_put_response_hop_limit: 1 }) && 'lets containers at the metadata',
    !has(instance.root_block_device, { encrypted: true, volume_type: 'gp3' }) && 'has an unencrypted disk',
    instance.key_name !== undefined && 'has an SSH key',
    instance.iam_instance_profile === undefined && 'has no role of its own',
  ],
  aws_ebs_volume: (volume) => [
    volume.encrypted !== true && 'is not encrypted',
    volume.kms_key_id === undefined && 'uses a key of AWS',
  ],
  aws_kms_key: () => ['goes with the fleet, and with it all that is kept under it'],
  aws_cloudformation_stack: (stack) => [
    !String(stack.template_body).includes('"EnableKeyRotation":true') && 'has a key that is never rotated',
    !String(stack.template_body).includes('"DeletionPolicy":"Retain"') && 'has a key that goes with the fleet',
  ],
  aws_s3_bucket: (_, name, all) => [
    !beside(all, 'aws_s3_bucket_public_access_block', name, (body) =>
      ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'].every(
        (key) => body[key] === true,
      ),
    ) && 'is not closed to the public',
    !beside(all, 'aws_s3_bucket_server_side_encryption_configuration', name, () => true) &&
      'is not encrypted with our key',
    !beside(all, 'aws_s3_bucket_policy', name, (body) =>
      String(body.policy).includes('"aws:SecureTransport":"false"'),
    ) && 'takes plain HTTP',
    // Versioning and access logs: deliveries expire, are named by content and sealed; whoever reads them is in the
    // seller's own notes. The corpus is versioned. Logs of every read would cost more than the bucket.
    !beside(all, 'aws_s3_bucket_lifecycle_configuration', name, () => true) && 'keeps everything for ever',
  ],
  aws_ecr_repository: (repository) => [
    repository.image_tag_mutability !== 'IMMUTABLE' && 'has tags that move',
    !has(repository.image_scanning_configuration, { scan_on_push: true }) && 'is not scanned',
    repository.encryption_configuration === undefined && 'is not encrypted with our key',
  ],
  aws_secretsmanager_secret: (secret) => [
    // Rotation by a function is absent on purpose: a wallet's key is its address. swarm-ops rotates the rest.
    secret.kms_key_id === undefined && 'uses a key of AWS',
  ],
  aws_secretsmanager_secret_version: () => ['puts a value into the state'],
  aws_ssm_parameter: (parameter) => [parameter.type !== 'String' && 'holds a secret, and its value is in the state'],
  aws_cloudwatch_log_group: (group) => [
    group.kms_key_id === undefined && 'is not encrypted with our key',
    typeof group.retention_in_days !== 'number' && 'keeps logs for ever',
  ],
  aws_sns_topic: (topic) => [topic.kms_master_key_id === undefined && 'is not encrypted'],
  aws_iam_role_policy: (body) => allowsTooMuch(String(body.policy)),
  aws_iam_role_policy_attachment: () => ['attaches a policy that others change; write what is needed'],
  aws_iam_user: () => ['is a user with lasting keys'],
  aws_iam_access_key: () => ['is a lasting key, and in the state'],
};

/** What a linter for Terraform security would call high, as `type.name: finding`. */
export function lintFleet(all: Synthesized): readonly string[] {
  return Object.entries(all.resources).flatMap(([type, resources]) =>
    Object.entries(resources).flatMap(([name, body]) =>
      (CHECKS[type]?.(body, name, all) ?? []).filter((one) => one !== false).map((one) => `${type}.${name}: ${one}`),
    ),
  );
}

function allowsTooMuch(text: string): readonly string[] {
  const { Statement } = policySchema.parse(JSON.parse(text.replaceAll('$${', '${')));
  return Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Sid, Action, Resource }) => [
    ...(Action?.some((action) => action.includes('*')) === false ? [] : [`${Sid} allows actions by wildcard`]),
    ...(Resource?.includes('*') === true && !WITHOUT_RESOURCE.has(Sid) ? [`${Sid} allows on every resource`] : []),
  ]);
}

function has(value: unknown, wanted: Body): boolean {
  const found: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof found !== 'object' || found === null) return false;
  const entries = new Map<string, unknown>(Object.entries(found));
  return Object.entries(wanted).every(([key, expected]) => entries.get(key) === expected);
}

function beside(all: Synthesized, type: string, bucket: string, test: (body: Body) => boolean): boolean {
  return Object.values(all.resources[type] ?? {}).some(
    (body) => String(body.bucket).includes(`aws_s3_bucket.${bucket}.`) && test(body),
  );
}
