import { z } from 'zod';
import { SwarmError } from '../../core/errors.ts';
import { address, agentName } from '../../core/ids.ts';
import { projectPath } from '../../files/project.ts';
import { bucket, chainId, channelAddress, seconds, urlOf } from './environment-values.ts';

const shared = {
  KK_SECRET: z.string().min(1).max(512).optional(),
  KK_SECRET_FILE: z.string().min(1).optional(),
  KK_VAULT_REMOTE: urlOf(['https:', 'file:'], ['http:', 'git:'], 'https://hub:8443/vault.git'),
  KK_IRC: channelAddress,
  KK_HUB_CA: z.string().min(1).default('/run/kk/hub-ca.pem'),
  KK_S3_ENDPOINT: urlOf(['https:', 'http:'], [], 'http://objects:9000').optional(),
  KK_CHAIN: chainId.optional(),
  /** The id of a secret in Secrets Manager that contains the RPC's URL. */
  KK_RPC_SECRET: z.string().min(1).max(512).optional(),
  KK_RPC: urlOf(['https:', 'http:'], [], 'https://sepolia.base.org').optional(),
  KK_ESCROW: address.optional(),
  KK_TOKEN: address.optional(),
  KK_DEPLOYMENT: z.string().min(1).optional(),
  KK_TREASURY: address.optional(),
  /** The public keys of operators whose signed notes count, and a file with more of them. */
  KK_OPERATOR_KEYS: z.string().max(8000).optional(),
  KK_OPERATOR_KEYS_FILE: z.string().min(1).optional(),
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

/** Optional: a bucket with a lifecycle rule deletes old objects itself. */
const stewardOnly = { KK_BUCKET: bucket.optional() };

const sharedSchema = z.object(shared);
const stewardSchema = z.object({ ...shared, ...stewardOnly });
const agentSchema = z.object({ ...shared, ...agentOnly });

/** The environment of every container. */
export type ContainerEnvironment = z.output<typeof sharedSchema>;
/** The environment of the steward's container. */
export type StewardEnvironment = z.output<typeof stewardSchema>;
/** The environment of an agent's container. */
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

function readEnvironment<Output extends ContainerEnvironment>(
  schema: z.ZodType<Output>,
  given: Readonly<Record<string, string | undefined>>,
  role: 'agent' | 'steward',
): Output {
  // Compose sets a variable that has no value to the empty string.
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(set);
  const errors = parsed.success ? contradictions(parsed.data) : parsed.error.issues.map(describe);
  if (parsed.success && errors.length === 0) return parsed.data;
  throw new SwarmError({
    code: 'unit/bad-environment',
    disposition: 'stop',
    message: `The environment of this ${role} has errors:\n${errors.map((error) => `  ${error}`).join('\n')}\n`,
    next: 'Set these variables where the container is started (docker/compose.yaml, or infra/fleet.yaml and cdktf deploy).',
  });
}

function describe({ path, message }: z.core.$ZodIssue): string {
  const name = String(path[0]);
  return /received undefined/.test(message) ? `${name} is not set` : `${name} ${message}`;
}

/** Errors that concern several variables. */
function contradictions(environment: ContainerEnvironment & Partial<AgentEnvironment>): readonly string[] {
  const { KK_SECRET, KK_SECRET_FILE, KK_RPC, KK_RPC_SECRET, KK_DEPLOYMENT, KK_AGENT, KK_PREFIX } = environment;
  const errors: string[] = [];
  if (KK_SECRET === undefined && KK_SECRET_FILE === undefined) {
    errors.push('KK_SECRET (the id of a secret in Secrets Manager) or KK_SECRET_FILE (a file) must be set');
  }
  if (KK_SECRET !== undefined && KK_SECRET_FILE !== undefined) {
    errors.push('KK_SECRET and KK_SECRET_FILE are both set; set one');
  }
  if ((KK_RPC === undefined) === (KK_RPC_SECRET === undefined)) {
    errors.push('KK_RPC (an address) or KK_RPC_SECRET (the id of a secret that holds one) must be set, and not both');
  }
  if (KK_DEPLOYMENT === undefined) {
    for (const name of ['KK_CHAIN', 'KK_ESCROW', 'KK_TOKEN'] as const) {
      if (environment[name] === undefined)
        errors.push(`${name} is not set, and no KK_DEPLOYMENT names a file that says it`);
    }
  }
  // IAM forbids any other prefix too, but this error is easier to understand.
  if (KK_AGENT !== undefined && KK_PREFIX !== `agents/${KK_AGENT}/`) {
    errors.push(`KK_PREFIX must be agents/${KK_AGENT}/, the folder of this agent`);
  }
  return errors;
}
