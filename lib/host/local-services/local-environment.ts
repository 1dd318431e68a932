import { z } from 'zod';
import { SwarmError } from '../../core/errors.ts';

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port')
  .transform(Number);

const environment = z.object({
  KK_STATE: z.string().min(1).default('/state'),
  /** A folder with one sub-folder a unit, each mounted from its own volume. */
  KK_SECRETS: z.string().min(1).default('/secrets'),
  /** The folder that all units may read: the deployment, the accounts that get gas. */
  KK_SHARED: z.string().min(1).default('/run/kk/deployment'),
  KK_SECRET_FILE: z.string().min(1).default('/run/kk/secret/secret.json'),
  KK_SAMPLE: z.string().min(1).default('/sample'),
  KK_HUB_CA: z.string().min(1).default('/run/kk/ca/hub-ca.pem'),
  KK_HOST: z.string().min(1).default('0.0.0.0'),
  KK_CHAIN_PORT: port.default(8545),
  KK_OBJECTS_PORT: port.default(9000),
  KK_RPC: z.url({ protocol: /^https?$/ }).default('http://chain:8545'),
  KK_S3_ENDPOINT: z.url({ protocol: /^https?$/ }).default('http://objects:9000'),
  KK_BUCKET: z.string().min(3).default('karmakadabra'),
  AWS_REGION: z.string().min(1).default('us-east-1'),
});

/** The environment of the containers with local services instead of Base and AWS. */
export type LocalEnvironment = z.output<typeof environment>;

/**
 * Reads the environment of a container of the local services.
 * @throws SwarmError `local/bad-environment` that names what is wrong, never its value.
 */
export function readLocalEnvironment(given: Readonly<Record<string, string | undefined>>): LocalEnvironment {
  const parsed = environment.safeParse(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')));
  if (parsed.success) return parsed.data;
  throw new SwarmError({
    code: 'local/bad-environment',
    disposition: 'stop',
    message: `The environment has errors: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}`,
    next: 'Correct it in docker/compose.yaml, or generate that file again with npm run compose.',
  });
}
