import { z } from 'zod';
import { formatChainId, publicChains } from '../core/chains.ts';
import { SwarmError } from '../core/errors.ts';
import { address, hubAccount, ircNick, PEOPLE } from '../core/ids.ts';
import { MAX_OPERATOR_KEYS, operatorKeyError } from '../core/operator-keys.ts';
import { MEMORY_LIMIT_MIB } from './memory-needs.ts';

const digestOnly = /^[a-z0-9][a-z0-9.-]+(?::\d+)?\/[a-z0-9._/-]+@sha256:[0-9a-f]{64}$/;

/** A container image by digest: a tag can be moved, so none is accepted. */
export const pinnedImage = z
  .string()
  .regex(digestOnly, 'must be registry/repository@sha256:<64 hex digits>; a tag can be moved, a digest cannot');

const instanceType = z.string().regex(/^[a-z][a-z0-9-]*\.[a-z0-9]+$/, 'must be an instance type, as in t4g.micro');

const emptyObject = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.preprocess((value) => value ?? {}, z.strictObject(shape));

const FLEET_CHAINS = publicChains();

/** An RPC address without a key. One with a key belongs in a secret, because the configuration ends up in Terraform's state. */
const publicRpc = z.url({ protocol: /^https$/ }).refine(
  (text) => {
    const url = new URL(text);
    return url.username === '' && url.search === '' && !/[A-Za-z0-9_-]{16,}/.test(url.pathname);
  },
  {
    error:
      'must be a public https address without a key; for one with a key set chain.keyedRpc: true and see swarm-ops keys rpc',
  },
);

/** Where Terraform keeps its state: a bucket with a lock file in it, or (for a trial) the folder of the stack. */
const stateSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('s3'),
    bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be a bucket name'),
    key: z.string().min(1).default('fleet/terraform.tfstate'),
  }),
  z.strictObject({ kind: z.literal('local') }),
]);

/** A person at the hub; a string is a name without further settings. */
const person = z.preprocess(
  (value) => (typeof value === 'string' ? { name: value } : value),
  z
    .strictObject({
      name: hubAccount.refine((name) => !name.startsWith('kk-') && name !== PEOPLE, {
        error: 'must not be an agent’s or the swarm’s own name',
        abort: true,
      }),
      nick: ircNick.optional(),
      generation: z.number().int().min(0).max(0xffff_ffff).default(0).describe('A new number gives a new password.'),
    })
    .transform((one) => ({ ...one, nick: one.nick ?? one.name.slice(0, 31) })),
);

type People = z.output<typeof person>[];
const areDifferent = (words: readonly string[]): boolean =>
  new Set(words.map((word) => word.toLowerCase())).size === words.length;
// Piped: people are compared only when each of them is valid.
const people = z
  .array(person)
  .max(200)
  .pipe(
    z
      .custom<People>()
      .refine((all) => areDifferent(all.map(({ name }) => name)), 'two people have the same name')
      .refine((all) => areDifferent(all.map(({ nick }) => nick)), 'two people have the same nick'),
  );

/** The schema of `infra/fleet.yaml`: everything about the fleet that is not in the agents' manifests. */
export const configSchema = z.strictObject({
  stack: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,18}[a-z0-9]$/, 'must be 3 to 20 of a-z, 0-9 and -')
    .default('karmakadabra')
    .describe('Begins the name of everything, so that several fleets fit one account.'),
  accountId: z
    .string()
    .regex(/^\d{12}$/, 'must be the 12 digits of the AWS account, quoted')
    .describe('The account this fleet lives in; credentials of another are refused.'),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region, as in us-east-1'),
  availabilityZone: z
    .string()
    .regex(/^[a-z]$/, 'must be the letter of a zone')
    .default('a')
    .describe('One zone: the hub is one machine, and traffic between zones costs money.'),
  vpcCidr: z
    .string()
    .regex(/^10\.\d{1,3}\.0\.0\/16$/, 'must be 10.x.0.0/16')
    .default('10.42.0.0/16'),
  state: stateSchema,
  placement: z
    .enum(['dedicated', 'packed'])
    .default('dedicated')
    .describe('One instance an agent, or all agents on one instance.'),
  agentsFolder: z.string().min(1).default('agents'),
  machine: z.strictObject({
    image: z
      .string()
      .regex(/^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/, 'must be an image id, as in ami-0123456789abcdef0')
      .describe('Pinned: a lookup of the newest image would replace all machines whenever AWS publishes one.'),
    os: z.enum(['al2023', 'debian-12']).default('al2023'),
  }),
  agents: emptyObject({
    instanceType: instanceType.default('t4g.micro'),
    packedInstanceType: instanceType.default('t4g.medium'),
    volumeGb: z.number().int().min(8).max(200).default(8),
    packedVolumeGb: z.number().int().min(8).max(500).default(30),
  }),
  hub: emptyObject({
    instanceType: instanceType.default('t4g.micro'),
    dataGb: z.number().int().min(8).max(1000).default(20),
    memoryMb: z.number().int().min(128).max(8192).default(MEMORY_LIMIT_MIB.hub),
    snapshotsKept: z.number().int().min(0).max(365).default(14).describe('Daily snapshots of the data; 0 for none.'),
  }),
  steward: z
    .boolean()
    .default(false)
    .describe('Whether the fleet runs its own treasury and watch, on a machine that holds the treasury’s key.'),
  egress: z
    .enum(['hub', 'nat-gateway'])
    .default('hub')
    .describe('How private subnets reach the chain: through the hub, or through a NAT gateway.'),
  images: z
    .union([z.literal('pending'), z.strictObject({ agent: pinnedImage, hub: pinnedImage })], {
      error: 'must be `pending` or {agent, hub}, each registry/repository@sha256:<64 hex digits>',
    })
    .describe('`pending` creates everything but the machines, so that images can be pushed and secrets filled.'),
  chain: z.strictObject({
    id: z.literal(
      FLEET_CHAINS.map(({ id }) => formatChainId(id)),
      {
        error: `must be ${FLEET_CHAINS.map(({ id, title }) => `${formatChainId(id)} (${title})`).join(' or ')}`,
      },
    ),
    rpcUrl: publicRpc,
    keyedRpc: z
      .boolean()
      .default(false)
      .describe(
        'Whether units read the address of the RPC, with its key, from a secret that swarm-ops keys rpc fills.',
      ),
    escrow: address,
    token: address,
  }),
  deliveries: emptyObject({
    expireDays: z.number().int().min(1).max(365).default(14),
    onlyFromVpc: z.boolean().default(true).describe('Whether presigned URLs work inside the VPC only.'),
  }),
  logs: emptyObject({
    retentionDays: z
      .union([z.literal(7), z.literal(14), z.literal(30), z.literal(60), z.literal(90), z.literal(180), z.literal(365)])
      .default(30),
  }),
  alarms: z.strictObject({
    email: z.email().optional(),
    silentAfterMinutes: z.number().int().min(10).max(1440).multipleOf(5).default(30),
    monthlyBudgetUsd: z.number().int().min(0).max(100_000).default(220).describe('0 for no budget.'),
  }),
  operators: z
    .array(z.string().regex(/^arn:aws:iam::\d{12}:(?:user|role)\/[\w+=,.@/-]+$/, 'must be the ARN of a user or role'))
    .max(20)
    .default([])
    .describe('Who may assume the operator role: users with a second factor, roles as they are.'),
  operatorKeys: z
    .array(
      z.string().superRefine((text, context) => {
        const message = operatorKeyError(text);
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      }),
    )
    .max(MAX_OPERATOR_KEYS)
    .default([])
    .describe('The public keys whose signed notes all agents obey (swarm-ops config, swarm-ops quarantine).'),
  people: people.default([]).describe('People who may clone the vault, write their own notes and join the channel.'),
  recoverDeletedSecretsDays: z
    .union([z.literal(0), z.number().int().min(7).max(30)])
    .default(30)
    .describe('How many days a deleted secret or key can be restored; 0 (secrets only) for trials.'),
});

/** The configuration as code uses it, defaults filled in. */
export type FleetConfig = z.output<typeof configSchema>;
/** A person at the hub. */
export type Person = FleetConfig['people'][number];

/**
 * Parses a configuration value.
 * @throws SwarmError `infra/bad-config` that names every wrong field and what it must be.
 */
export function parseConfig(value: unknown, source: string): FleetConfig {
  const result = configSchema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`);
  throw new SwarmError({
    code: 'infra/bad-config',
    disposition: 'stop',
    message: `${source} does not describe a fleet: ${errors.join('; ')}`,
    next: 'Correct these fields; infra/fleet.example.yaml shows each with its meaning.',
  });
}
