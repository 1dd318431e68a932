import { z } from 'zod';
import { baseSepolia, formatChainId } from '../../core/chains.ts';
import { SwarmError } from '../../core/errors.ts';
import { address, agentName } from '../../core/ids.ts';
import { projectPath } from '../../files/project.ts';

/** Where the channel is, as its URL says. */
export interface ChannelAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

const IRC_PORTS = { 'ircs:': 6697, 'irc:': 6667 } as const;

/** Clear text only ever to this machine itself: passwords and orders pass over these lines. */
function isLoopback(url: URL): boolean {
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(url.hostname);
}

function urlOf(schemes: readonly string[], open: readonly string[], example: string) {
  return z.string().transform((text, context): URL => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url !== undefined && url.username === '' && url.password === '') {
      if (schemes.includes(url.protocol)) return url;
      if (open.includes(url.protocol) && isLoopback(url)) return url;
    }
    // The value is not repeated: a URL may hold a key.
    context.addIssue({ code: 'custom', message: `must be an address without a password, as in ${example}` });
    return z.NEVER;
  });
}

const chainId = z
  .string()
  .regex(/^(?:eip155:)?[1-9]\d{0,15}$/, `must be a chain id, as in ${formatChainId(baseSepolia.id)}`)
  .transform((text) => Number(text.replace('eip155:', '')));

const channel = urlOf(['ircs:'], ['irc:'], 'ircs://hub:6697').transform(
  (url): ChannelAddress => ({
    host: url.hostname,
    port: url.port === '' ? IRC_PORTS[url.protocol as keyof typeof IRC_PORTS] : Number(url.port),
    tls: url.protocol === 'ircs:',
  }),
);

const seconds = (most: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,6}$/, 'must be a whole number of seconds')
    .transform(Number)
    .refine((value) => value <= most, `must be at most ${most}`);

const bucket = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket');

const shared = {
  KK_SECRET: z.string().min(1).max(512).optional(),
  KK_SECRET_FILE: z.string().min(1).optional(),
  KK_VAULT_REMOTE: urlOf(['https:', 'file:'], ['http:', 'git:'], 'https://hub:8443/vault.git'),
  KK_IRC: channel,
  KK_HUB_CA: z.string().min(1).default('/run/kk/hub-ca.pem'),
  KK_S3_ENDPOINT: urlOf(['https:', 'http:'], [], 'http://objects:9000').optional(),
  KK_CHAIN: chainId.optional(),
  /** The id of a secret in Secrets Manager that is the RPC's address. */
  KK_RPC_SECRET: z.string().min(1).max(512).optional(),
  KK_RPC: urlOf(['https:', 'http:'], [], 'https://sepolia.base.org').optional(),
  KK_ESCROW: address.optional(),
  KK_TOKEN: address.optional(),
  KK_DEPLOYMENT: z.string().min(1).optional(),
  KK_TREASURY: address.optional(),
  KK_DAY_SECONDS: seconds(86_400).default(86_400),
  KK_BEAT_SECONDS: seconds(3600).optional(),
  KK_STATE: z.string().min(1).default('/state'),
  KK_AGENTS: z.string().min(1).default(projectPath('agents')),
  KK_IMAGE: z.string().max(300).default(''),
  AWS_REGION: z.string().regex(/^[a-z0-9-]{4,30}$/, 'must be a region, as in us-east-1'),
};

const agentOnly = {
  KK_AGENT: agentName,
  KK_BUCKET: bucket,
  KK_PREFIX: z
    .string()
    .regex(/^(?:[a-z0-9_-]+\/)+$/, 'must be a prefix of objects that ends in /, as in agents/kk-karma-hello/'),
  KK_CORPUS: z.string().min(3).max(63).optional(),
  KK_CORPUS_DIR: z.string().min(1).optional(),
};

/** A bucket that deletes what is old by itself needs no steward. */
const stewardOnly = { KK_BUCKET: bucket.optional() };

const sharedSchema = z.object(shared);
const stewardSchema = z.object({ ...shared, ...stewardOnly });
const agentSchema = z.object({ ...shared, ...agentOnly });

/** What the environment tells every unit. */
export type UnitEnvironment = z.output<typeof sharedSchema>;
/** What the environment tells the steward's container. */
export type StewardEnvironment = z.output<typeof stewardSchema>;
/** What the environment tells an agent's container. */
export type AgentEnvironment = z.output<typeof agentSchema>;

/**
 * Reads the environment of an agent's container.
 * @throws SwarmError `unit/bad-environment` that names every variable that is wrong, never its value.
 */
export function readAgentEnvironment(given: Readonly<Record<string, string | undefined>>): AgentEnvironment {
  return readEnvironment(agentSchema, given, 'agent');
}

/** Reads the environment of the steward's container. @throws as {@link readAgentEnvironment}. */
export function readStewardEnvironment(given: Readonly<Record<string, string | undefined>>): StewardEnvironment {
  return readEnvironment(stewardSchema, given, 'steward');
}

function readEnvironment<Output extends UnitEnvironment>(
  schema: z.ZodType<Output>,
  given: Readonly<Record<string, string | undefined>>,
  unit: string,
): Output {
  // Compose sets a variable that has no value to the empty string.
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(set);
  const problems = parsed.success ? contradictions(parsed.data) : parsed.error.issues.map(describe);
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new SwarmError({
    code: 'unit/bad-environment',
    disposition: 'stop',
    message: `The environment of this ${unit} is not right:\n${problems.map((problem) => `  ${problem}`).join('\n')}\n`,
    next: 'Set these variables where the container is started (docker/compose.yaml, or infra/fleet.yaml and cdktf deploy).',
  });
}

function describe({ path, message }: z.core.$ZodIssue): string {
  const name = String(path[0]);
  return /received undefined/.test(message) ? `${name} is not set` : `${name} ${message}`;
}

/** What no single variable can show to be wrong. */
function contradictions(environment: UnitEnvironment & Partial<AgentEnvironment>): readonly string[] {
  const { KK_SECRET, KK_SECRET_FILE, KK_RPC, KK_RPC_SECRET, KK_DEPLOYMENT, KK_AGENT, KK_PREFIX } = environment;
  const problems: string[] = [];
  if (KK_SECRET === undefined && KK_SECRET_FILE === undefined) {
    problems.push('KK_SECRET (the id of a secret in Secrets Manager) or KK_SECRET_FILE (a file) must be set');
  }
  if (KK_SECRET !== undefined && KK_SECRET_FILE !== undefined) {
    problems.push('KK_SECRET and KK_SECRET_FILE are both set; set one');
  }
  if ((KK_RPC === undefined) === (KK_RPC_SECRET === undefined)) {
    problems.push('KK_RPC (an address) or KK_RPC_SECRET (the id of a secret that holds one) must be set, and not both');
  }
  if (KK_DEPLOYMENT === undefined) {
    for (const name of ['KK_CHAIN', 'KK_ESCROW', 'KK_TOKEN'] as const) {
      if (environment[name] === undefined)
        problems.push(`${name} is not set, and no KK_DEPLOYMENT names a file that says it`);
    }
  }
  // IAM forbids everything else anyway: said here, where a person reads it.
  if (KK_AGENT !== undefined && KK_PREFIX !== `agents/${KK_AGENT}/`) {
    problems.push(`KK_PREFIX must be agents/${KK_AGENT}/, the folder of this agent`);
  }
  return problems;
}
