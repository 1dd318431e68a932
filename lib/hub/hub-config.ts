import { z } from 'zod';
import { type PeriodLength, parsePeriodLength } from '../core/archive-period.ts';
import { baseSepolia, formatChainId } from '../core/chains.ts';
import { SwarmError } from '../core/errors.ts';
import { address } from '../core/ids.ts';
import type { OperatorKeysSource } from '../files/operator-keys-file.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const text = z.string().min(1).max(2000);

const environment = z
  .object({
    KK_HUB_HOST: text.default('0.0.0.0'),
    KK_GIT_PORT: port.default(8443),
    KK_IRC_PORT: port.default(6697),
    KK_STATE: text.default('/state'),
    KK_SECRET: text.optional(),
    KK_SECRET_FILE: text.optional(),
    KK_CA_FILE: text.optional(),
    KK_CA_PARAMETER: text.optional(),
    AWS_REGION: text.optional(),
    KK_OPERATOR_KEYS: z.string().max(8000).optional(),
    KK_OPERATOR_KEYS_FILE: text.optional(),
    KK_CHAIN: z
      .string()
      .regex(/^(?:eip155:)?[1-9]\d{0,15}$/, `must be a chain id, as in ${formatChainId(baseSepolia.id)}`)
      .transform((id) => Number(id.replace('eip155:', '')))
      .optional(),
    KK_ESCROW: address.optional(),
    KK_DEPLOYMENT: text.optional(),
    KK_TOKEN: address.optional(),
    KK_RPC: z.url({ protocol: /^https?$/ }).optional(),
    KK_ARCHIVE: z
      .string()
      .transform(parsePeriodLength)
      .refine((length) => length !== undefined, 'must be month, or a time as 30m, 1h or 7d')
      .optional(),
  })
  .refine((env) => (env.KK_SECRET === undefined) !== (env.KK_SECRET_FILE === undefined), {
    path: ['KK_SECRET'],
    message: 'exactly one of KK_SECRET and KK_SECRET_FILE must be set',
  })
  .refine((env) => (env.KK_CHAIN === undefined) === (env.KK_ESCROW === undefined), {
    path: ['KK_ESCROW'],
    message: 'KK_CHAIN and KK_ESCROW must both be set, or neither',
  })
  .refine((env) => env.KK_ARCHIVE === undefined || env.KK_RPC !== undefined, {
    path: ['KK_ARCHIVE'],
    message: 'needs KK_RPC: only what the chain agrees to is archived',
  });

/** The hub's configuration, from its environment. */
export interface HubConfig {
  readonly host: string;
  readonly gitPort: number;
  readonly ircPort: number;
  readonly state: string;
  /** Where its accounts are read: a secret in Secrets Manager, or a file with the same text. */
  readonly accounts: { readonly secret: string } | { readonly file: string };
  /** Where its CA certificate is published: a file, an SSM parameter, both or neither. */
  readonly caFile: string | undefined;
  readonly caParameter: string | undefined;
  readonly region: string | undefined;
  /** Where the public keys of operators are, whose orders to shut agents out count. */
  readonly operatorKeys: OperatorKeysSource;
  /** The swarm that these orders must be for, or the file that names it; without it none counts. */
  readonly swarm: { readonly chainId: number; readonly escrow: string } | { readonly deployment: string } | undefined;
  /** What moves to the archive when it is over, and the chain that says so; undefined where the hub archives nothing. */
  readonly archive:
    | {
        readonly period: PeriodLength;
        readonly rpcUrl: string;
        readonly chain: {
          readonly KK_DEPLOYMENT?: string | undefined;
          readonly KK_CHAIN?: number | undefined;
          readonly KK_ESCROW?: z.output<typeof address> | undefined;
          readonly KK_TOKEN?: z.output<typeof address> | undefined;
        };
      }
    | undefined;
}

/**
 * Reads the hub's configuration.
 * @throws SwarmError `hub/bad-variable` that names the variable.
 */
export function readHubConfig(env: Readonly<Record<string, string | undefined>>): HubConfig {
  const set = Object.fromEntries(Object.entries(env).filter(([key, value]) => key !== '' && value !== ''));
  const parsed = environment.safeParse(set);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new SwarmError({
      code: 'hub/bad-variable',
      disposition: 'stop',
      message: `The environment variable ${issue?.path.join('.') ?? ''} is invalid: ${issue?.message ?? ''}`,
      next: 'Correct it and start the hub again.',
    });
  }
  const { data } = parsed;
  return {
    host: data.KK_HUB_HOST,
    gitPort: data.KK_GIT_PORT,
    ircPort: data.KK_IRC_PORT,
    state: data.KK_STATE,
    accounts: data.KK_SECRET === undefined ? { file: data.KK_SECRET_FILE ?? '' } : { secret: data.KK_SECRET },
    caFile: data.KK_CA_FILE,
    caParameter: data.KK_CA_PARAMETER,
    region: data.AWS_REGION,
    operatorKeys: data,
    swarm: swarmOf(data),
    archive: archiveOf(data),
  };
}

function archiveOf(data: z.output<typeof environment>): HubConfig['archive'] {
  const { KK_ARCHIVE: period, KK_RPC: rpcUrl, KK_DEPLOYMENT, KK_CHAIN, KK_ESCROW, KK_TOKEN } = data;
  if (period === undefined || rpcUrl === undefined) return undefined;
  return { period, rpcUrl, chain: { KK_DEPLOYMENT, KK_CHAIN, KK_ESCROW, KK_TOKEN } };
}

function swarmOf({ KK_CHAIN, KK_ESCROW, KK_DEPLOYMENT }: z.output<typeof environment>): HubConfig['swarm'] {
  if (KK_CHAIN !== undefined && KK_ESCROW !== undefined) return { chainId: KK_CHAIN, escrow: KK_ESCROW };
  return KK_DEPLOYMENT === undefined ? undefined : { deployment: KK_DEPLOYMENT };
}
