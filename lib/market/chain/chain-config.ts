import { readFile } from 'node:fs/promises';
import { parseEther } from 'viem';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { type Chain, chainOfId, type PublicNetwork, publicChains } from '../../core/chains.ts';
import { closestTo } from '../../core/closest.ts';
import { SwarmError } from '../../core/errors.ts';
import { address } from '../../core/ids.ts';

/** 7 days, the most that the escrow allows both windows of a trade to take together. */
const MAX_WINDOWS_SECONDS = 7 * 86_400;

const seconds = z.number().int().min(1).max(MAX_WINDOWS_SECONDS);

const ether = z
  .string({ error: 'must be a quoted decimal string of ETH, as in "0.002"' })
  .regex(/^\d{1,6}(?:\.\d{1,18})?$/, 'must be a decimal string of ETH, as in "0.002"')
  .transform((text) => parseEther(text));

/** An RPC's URL without a key, so that others may read the file. A URL with a key belongs into `env` or `file`. */
const publicUrl = z.url({ protocol: /^https?$/ }).refine(
  (text) => {
    const url = new URL(text);
    const isPlain = url.username === '' && url.password === '' && url.search === '';
    return isPlain && !/[A-Za-z0-9_-]{16,}/.test(url.pathname);
  },
  { error: 'must be an address without a key; name a file or an environment variable that holds one with a key' },
);

const chainSchema = z
  .strictObject({
    apiVersion: z.literal('karmakadabra/v1'),
    kind: z.literal('Chain'),
    name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be a-z, 0-9 and -, as in base-sepolia'),
    chainId: z.number().int().positive(),
    rpc: z.union(
      [
        z.strictObject({ url: publicUrl }),
        z.strictObject({ file: z.string().min(1) }),
        z.strictObject({ env: z.string().regex(/^[A-Z][A-Z0-9_]*$/), orElse: publicUrl.optional() }),
      ],
      { error: 'must be {url} without a key, {file} whose text is the address, or {env} with an optional {orElse}' },
    ),
    token: z.strictObject({
      address,
      name: z.string().min(1).max(60).describe("The name in the token's EIP-712 domain."),
    }),
    escrow: z.strictObject({ minRevealWindowSeconds: seconds, minDisputeWindowSeconds: seconds }),
    gas: z.strictObject({
      keepAtLeast: ether.describe('Below this a system agent is given gas money.'),
      topUpTo: ether,
    }),
  })
  .refine(({ escrow }) => escrow.minRevealWindowSeconds + escrow.minDisputeWindowSeconds <= MAX_WINDOWS_SECONDS, {
    path: ['escrow'],
    error: 'both windows together must be at most 7 days',
  })
  .superRefine(({ chainId, escrow }, context) => {
    const known = chainOfId(chainId);
    if (known?.network?.isRealMoney !== true) return;
    const least = known.escrow.minDisputeWindowSeconds;
    if (escrow.minDisputeWindowSeconds >= least) return;
    context.addIssue({
      code: 'custom',
      path: ['escrow', 'minDisputeWindowSeconds'],
      message: `must be at least ${least} (${least / 3600} h) on ${known.title}: what is deployed cannot be changed`,
    });
  })
  .refine(({ gas }) => gas.topUpTo > gas.keepAtLeast, { path: ['gas', 'topUpTo'], error: 'must be above keepAtLeast' });

/** A chain as the commands use it; amounts of ETH in wei. */
export type ChainConfig = Omit<z.output<typeof chainSchema>, 'apiVersion' | 'kind'>;

/**
 * Reads the configuration of a chain: the name of a public one that comes with the program, or a YAML or JSON file.
 * @throws SwarmError `contracts/bad-chain`
 */
export async function loadChain(wanted: string): Promise<ChainConfig> {
  const known = publicChains().find(({ name }) => name === wanted);
  if (known !== undefined) return configOf(known);
  let text: string;
  try {
    text = await readFile(wanted, 'utf8');
  } catch (cause) {
    const meant = closestTo(
      wanted,
      publicChains().map(({ name }) => name),
    );
    throw bad(
      `${JSON.stringify(wanted.slice(0, 200))} is neither a known chain nor a file${meant === undefined ? '' : `; did you mean ${meant}?`}`,
      cause,
    );
  }
  const document = parseDocument(text, { schema: 'core', uniqueKeys: true });
  if (document.errors.length > 0) throw bad(`${wanted} is not valid YAML or JSON`);
  return parseChain(document.toJS({ maxAliasCount: 20 }), wanted);
}

function configOf({ id, name, network, escrow }: Chain & { readonly network: PublicNetwork }): ChainConfig {
  const { rpcUrl, usdc, gasMoney } = network;
  return {
    name,
    chainId: id,
    rpc: { env: 'KK_RPC_URL', orElse: rpcUrl },
    token: usdc,
    escrow,
    gas: { keepAtLeast: gasMoney.keepAtLeastWei, topUpTo: gasMoney.topUpToWei },
  };
}

function parseChain(value: unknown, source: string): ChainConfig {
  const parsed = chainSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  // These messages contain no values, so a URL with a key in the wrong field is not repeated.
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
  throw bad(`${source} does not describe a chain: ${problems.join('; ')}`);
}

function bad(message: string, cause?: unknown): SwarmError {
  return new SwarmError({
    code: 'contracts/bad-chain',
    disposition: 'stop',
    message,
    next: `Give one of ${publicChains()
      .map(({ name }) => name)
      .join(', ')}, or a file with the fields of lib/market/chain/chain-config.ts.`,
    cause,
  });
}
