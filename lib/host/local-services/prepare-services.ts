import { join } from 'node:path';
import { createPublicClient, http } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import { createObjectStore, ensureBucket } from '../../delivery/object-store.ts';
import { embeddedChainSettings } from '../../flows/trade/settings.ts';
import { type Secrets, TREASURY_WALLET } from '../../keys/development-secrets.ts';
import { readingChain } from '../../market/chain/chain-client.ts';
import { prepareChain } from '../machine/prepare-chain.ts';
import { type WaitOptions, waitFor } from '../wait-for.ts';
import type { Credentials } from './credentials.ts';
import type { LocalEnvironment } from './local-environment.ts';
import { TREASURY_WEI } from './write-secrets.ts';

/**
 * Waits for the chain and the object store, deploys the contracts, mints the treasury's test money, creates the bucket, and
 * writes the deployment file that all units wait for. Safe to repeat.
 */
export async function prepareServices(
  environment: LocalEnvironment,
  secrets: Secrets,
  credentials: Credentials,
  waitOptions: WaitOptions,
): Promise<void> {
  const { KK_RPC, KK_SHARED, KK_S3_ENDPOINT, KK_BUCKET, AWS_REGION } = environment;
  const store = createObjectStore({
    endpoint: KK_S3_ENDPOINT,
    region: AWS_REGION,
    bucket: KK_BUCKET,
    credentials: credentials.objectKey('steward'),
  });
  try {
    await waitFor('the object store', () => ensureBucket(store).catch(refusedYet), waitOptions);
  } finally {
    store.close();
  }
  const treasury = secrets.account(TREASURY_WALLET);
  const chainId = await waitFor('the chain', () => chainWithGas(KK_RPC, treasury.address), waitOptions);
  const chain = { rpcUrl: KK_RPC, chainId };
  await prepareChain(chain, treasury, embeddedChainSettings, join(KK_SHARED, 'deployment.json'));
}

/** Makes a refusal an error to retry: the object store reads its keys shortly after set-up has written them. */
function refusedYet(cause: unknown): never {
  if (!(cause instanceof SwarmError) || cause.code !== 'delivery/store-refused') throw cause;
  const { message, next } = cause;
  throw new SwarmError({ code: 'delivery/store-refused', disposition: 'wait', message, next, cause });
}

async function chainWithGas(rpcUrl: string, treasury: `0x${string}`): Promise<number> {
  const client = createPublicClient({ transport: http(rpcUrl, { retryCount: 0, timeout: 15_000 }) });
  const [chainId, balance] = await readingChain('the treasury’s gas money', () =>
    Promise.all([client.getChainId(), client.getBalance({ address: treasury })]),
  );
  if (balance >= TREASURY_WEI / 2n) return chainId;
  throw new SwarmError({
    code: 'local/no-gas-yet',
    disposition: 'wait',
    message: 'the chain has not given the treasury gas money yet',
    next: 'It does after reading the list of accounts; see the log of the chain.',
  });
}
