import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { SwarmError } from '../../core/errors.ts';
import { address, hex32 } from '../../core/ids.ts';
import { agentSecret } from '../../keys/agent-secret.ts';
import type { ContainerEnvironment } from './container-environment.ts';
import { readHeldSecret } from './held-secret.ts';

const credential = z.object({ account: z.string().min(1).max(40), password: z.string().min(16).max(200) });
/** Only for a container without an IAM role, with a local S3-compatible server. */
const objectStore = z.object({ accessKeyId: z.string().min(1), secretAccessKey: z.string().min(1) });
const hexSeed = z.string().regex(/^[0-9a-f]{64}$/);

const agentContainerSecret = agentSecret.extend({
  hub: credential,
  objectStore: objectStore.optional(),
  /** The key from which the seller of the logs makes pseudonyms. */
  pseudonymKey: hexSeed.optional(),
  /** The treasury's address, to which a surplus returns. */
  treasury: address.optional(),
});

const stewardSecret = z.looseObject({
  apiVersion: z.literal('karmakadabra/v1'),
  kind: z.literal('StewardSecret'),
  /** The treasury's private key. */
  privateKey: hex32,
  treasury: credential,
  ops: credential,
  objectStore: objectStore.optional(),
});

/** The secret of an agent's container. */
export type AgentContainerSecret = z.output<typeof agentContainerSecret>;
/** The secret of the steward's container. */
export type StewardSecret = z.output<typeof stewardSecret>;
/** An account of the hub. */
export type HubCredential = z.output<typeof credential>;

/**
 * Parses an agent's secret.
 * @throws SwarmError `unit/bad-secret` that names fields, never values.
 */
export function parseAgentContainerSecret(text: string, agent: string): AgentContainerSecret {
  const secret = parseSecret(agentContainerSecret, text);
  if (secret.name === agent) return secret;
  throw badSecret(`it is the secret of ${JSON.stringify(secret.name.slice(0, 40))}, and this is ${agent}`);
}

/** Parses the steward's secret. @throws as {@link parseAgentContainerSecret}. */
export function parseStewardSecret(text: string): StewardSecret {
  return parseSecret(stewardSecret, text);
}

/**
 * Reads the text of this container's secret, from the file or from Secrets Manager.
 * @throws SwarmError `unit/no-secret` (wait) while it isn't there, and the `aws/…` errors of `awsFailure`.
 */
export async function readSecretText(
  environment: Pick<ContainerEnvironment, 'KK_SECRET' | 'KK_SECRET_FILE' | 'AWS_REGION'>,
): Promise<string> {
  const { KK_SECRET, KK_SECRET_FILE, AWS_REGION } = environment;
  if (KK_SECRET_FILE !== undefined) {
    return readFile(KK_SECRET_FILE, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === 'ENOENT'
        ? noSecret(`there is no file ${KK_SECRET_FILE} yet`)
        : badSecret(`${KK_SECRET_FILE} can't be read (${cause.code ?? cause.message})`);
    });
  }
  const name = KK_SECRET ?? '';
  const text = await readHeldSecret(name, AWS_REGION);
  if (text === undefined) throw noSecret(`${name} is absent or has no value`);
  return text;
}

function parseSecret<Output>(schema: z.ZodType<Output>, text: string): Output {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badSecret('it is not JSON');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map(({ path }) => path.join('.') || 'the whole'))];
  throw badSecret(`these fields are missing or invalid: ${fields.join(', ')}`);
}

function noSecret(why: string): SwarmError {
  return new SwarmError({
    code: 'unit/no-secret',
    disposition: 'wait',
    message: `The secret of this container is missing: ${why}`,
    next: 'Fill it with swarm-ops keys push (compose: its set-up does it).',
  });
}

function badSecret(why: string): SwarmError {
  return new SwarmError({
    code: 'unit/bad-secret',
    disposition: 'stop',
    message: `The secret of this container can't be used: ${why}`,
    next: 'Write it again with swarm-ops keys push --rotate, or correct KK_SECRET or KK_SECRET_FILE.',
  });
}
