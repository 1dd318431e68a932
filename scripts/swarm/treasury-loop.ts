import { randomUUID } from 'node:crypto';
import type { Address, LocalAccount } from 'viem';
import { formatError } from '../../lib/core/errors.ts';
import { runnable } from '../../lib/core/flow.ts';
import { TREASURY } from '../../lib/core/ids.ts';
import type { Manifest } from '../../lib/core/manifest.ts';
import { createTreasuryFlow } from '../../lib/flows/treasury/treasury-flow.ts';
import type { Movement, TreasurySnapshot } from '../../lib/flows/treasury/treasury-snapshot.ts';
import { type Schedule, startSchedule } from '../../lib/heartbeat/schedule.ts';
import { liveOffers, readDirectory } from '../../lib/market/market-facts.ts';
import { readTokenBalance } from '../../lib/market/token.ts';
import { readTransfers } from '../../lib/market/transfers.ts';
import type { StewardHost } from './host.ts';

/** Blocks that are read again each time, for a chain that may still change its mind. */
const REREAD_BLOCKS = 24n;

/** Runs the treasury's flow every so many seconds, writing as `kk-treasury`. */
export function startTreasury(
  host: StewardHost,
  account: LocalAccount,
  manifests: readonly Manifest[],
  everySeconds: number,
): { readonly stop: () => Promise<void> } {
  const treasury = account.address.toLowerCase() as Address;
  const flow = runnable(createTreasuryFlow(host.market.sendTransfer(account)));
  const movements = createMovementReader(host, treasury);

  async function beat(): Promise<void> {
    try {
      const snapshot = await senseTreasury(host, treasury, manifests, await movements());
      const outcomes = await flow.plan(snapshot, []).perform();
      for (const outcome of outcomes) {
        if (outcome.failure !== undefined) host.log(`${TREASURY}: ${outcome.what}: ${outcome.failure.message}`);
      }
      const operations = outcomes.flatMap((outcome) => outcome.operations);
      const first = outcomes.find((outcome) => outcome.operations.length > 0);
      if (first === undefined) return;
      const message = operations.length === 1 ? first.what : `enter ${operations.length} transfers into the ledger`;
      await host.vault.write({ id: randomUUID(), author: TREASURY, message: capitalized(message), operations });
    } catch (error) {
      host.log(`${TREASURY}: ${formatError(error)}`);
    }
  }

  const schedule: Schedule = startSchedule({ type: 'every', seconds: everySeconds, phaseSeconds: 0 }, beat);
  return { stop: schedule.stop };
}

async function senseTreasury(
  host: StewardHost,
  treasury: Address,
  manifests: readonly Manifest[],
  movements: readonly Movement[],
): Promise<TreasurySnapshot> {
  const { client, deployment, index } = host.market;
  const [vault, chain] = await Promise.all([host.vault.read(), index.view(treasury)]);
  const directory = await readDirectory(host.lens, vault);
  const wards = await Promise.all(
    manifests.flatMap((manifest) => {
      const address = directory.get(manifest.metadata.name);
      if (address === undefined) return [];
      return [
        readTokenBalance(client, deployment.token, address).then((balanceAtomic) => ({
          manifest,
          address,
          balanceAtomic,
        })),
      ];
    }),
  );
  return {
    now: chain.blockTime,
    daySeconds: host.lens.daySeconds,
    treasury,
    treasuryBalanceAtomic: chain.usdcAtomic,
    vault,
    wards,
    offers: await liveOffers(host.lens, vault),
    movements,
    names: new Map([...directory].map(([name, address]) => [address, name])),
    draining: host.draining(),
  };
}

/** Reads the treasury's transfers, remembering the blocks that can no longer change. */
function createMovementReader(host: StewardHost, treasury: Address): () => Promise<readonly Movement[]> {
  const { client, deployment } = host.market;
  let settled: readonly Movement[] = [];
  let next = BigInt(deployment.fromBlock);
  return async () => {
    const head = await client.getBlockNumber();
    // A chain that went back is read from the start.
    if (head + 1n < next) {
      settled = [];
      next = BigInt(deployment.fromBlock);
    }
    const fresh = await readTransfers(client, deployment.token, treasury, { fromBlock: next, toBlock: head });
    const all = [...settled, ...fresh];
    const firm = head > REREAD_BLOCKS ? head - REREAD_BLOCKS : 0n;
    if (firm >= next) {
      settled = all.filter((movement) => BigInt(movement.block) <= firm);
      next = firm + 1n;
    }
    return all;
  };
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
