import { randomUUID } from 'node:crypto';
import type { Address, LocalAccount } from 'viem';
import type { ChainView } from '../core/chain.ts';
import { formatError } from '../core/errors.ts';
import { type Outcome, runnable } from '../core/flow.ts';
import { TREASURY } from '../core/ids.ts';
import type { Manifest } from '../core/manifest.ts';
import { formatUsdc } from '../core/money.ts';
import { signingHalt } from '../core/signing-halt.ts';
import { systemClock } from '../core/time.ts';
import { planHandOuts } from '../flows/treasury/hand-outs.ts';
import { createTreasuryFlow } from '../flows/treasury/treasury-flow.ts';
import { treasuryPaceOf } from '../flows/treasury/treasury-pace.ts';
import type { TreasurySnapshot } from '../flows/treasury/treasury-snapshot.ts';
import { createWards, type Wards } from '../flows/treasury/treasury-wards.ts';
import { readWasGiven } from '../flows/treasury/was-given.ts';
import { type Schedule, startSchedule } from '../heartbeat/schedule.ts';
import { createTransferIndex } from '../market/token/transfer-index.ts';
import type { TransferRecord } from '../market/token/transfers.ts';
import type { StewardHost } from './host.ts';
import { keepIn } from './snapshot-file.ts';
import { type TreasuryReport, writeTreasuryReport } from './treasury-report.ts';

/** Runs the treasury's flow at the pace of its chain, writing as `kk-treasury`, and leaves a report of each look. */
export function startTreasury(host: StewardHost, account: LocalAccount, manifests: readonly Manifest[]): Schedule {
  const { client, deployment, readBalance, sendTransfer } = host.market;
  const { chainId, token } = deployment;
  const treasury = account.address.toLowerCase() as Address;
  const pace = treasuryPaceOf(chainId);
  const wards = createWards(
    { readBalance, wasGiven: (manifest, day) => readWasGiven(client, token, treasury, manifest, day) },
    sendTransfer(account),
    systemClock,
  );
  const flow = runnable(createTreasuryFlow(wards.send));
  const transfers = createTransferIndex({
    client,
    chainId,
    token,
    account: treasury,
    fromBlock: BigInt(deployment.fromBlock),
    unsettledBlocks: pace.unsettledBlocks,
    keep: keepIn(host.folder.transfers),
  });
  const sayOnce = createNotices(host.log);
  let seen: Pick<TreasuryReport, 'shortAtomic' | 'waiting' | 'refused'> = { shortAtomic: 0n, waiting: 0, refused: [] };
  let isShort = false;

  function sayIfShort(waiting: number, shortAtomic: bigint): void {
    const was = isShort;
    isShort = waiting > 0;
    if (was === isShort) return;
    const line = isShort
      ? `${treasury} lacks ${formatUsdc(shortAtomic)} USDC: ${waiting} agents wait for theirs until it has got that`
      : 'has enough USDC again';
    host.log(`${TREASURY}: ${line}`);
  }

  async function beat(): Promise<void> {
    const troubles: string[] = [];
    try {
      // A ledger that can't be read on is no reason to let agents go without.
      const movements = await transfers.refresh().catch((error: unknown): readonly TransferRecord[] => {
        troubles.push(formatError(error));
        return [];
      });
      const chain = await host.market.index.view(treasury);
      const halt = signingHalt({ clock: systemClock(), chain });
      if (halt !== undefined) troubles.push(halt);
      const draining = host.draining() || halt !== undefined;
      const snapshot = { ...(await senseTreasury(host, chain, manifests, wards)), treasury, movements, draining };
      const { shortAtomic, waiting } = planHandOuts(snapshot);
      const outcomes = await flow.plan(snapshot, []).perform();
      // Who gives nothing out for another reason has not got enough for that.
      if (!draining) {
        seen = { shortAtomic, waiting, refused: [...wards.refused()] };
        sayIfShort(waiting, shortAtomic);
      }
      for (const { what, failure } of outcomes) if (failure !== undefined) troubles.push(`${what}: ${failure.message}`);
      await enter(host, outcomes);
    } catch (error) {
      troubles.push(formatError(error));
    }
    sayOnce(troubles);
    const report = { ...seen, address: treasury, at: systemClock(), everySeconds: pace.everySeconds, troubles };
    await writeTreasuryReport(host.folder.treasury, report).catch((error: unknown) => host.debug(formatError(error)));
  }

  return startSchedule({ type: 'every', seconds: pace.everySeconds, phaseSeconds: 0 }, beat);
}

/** Writes what moved into the ledger. */
async function enter(host: StewardHost, outcomes: readonly Outcome[]): Promise<void> {
  const operations = outcomes.flatMap((outcome) => outcome.operations);
  const first = outcomes.find((outcome) => outcome.operations.length > 0);
  if (first === undefined) return;
  const message = operations.length === 1 ? first.what : `enter ${operations.length} transfers into the ledger`;
  await host.vault.write({ id: randomUUID(), author: TREASURY, message: capitalized(message), operations });
}

async function senseTreasury(
  host: StewardHost,
  chain: ChainView,
  manifests: readonly Manifest[],
  wards: Wards,
): Promise<Omit<TreasurySnapshot, 'treasury' | 'movements' | 'draining'>> {
  const { daySeconds } = host.reader;
  const vault = await host.vault.read();
  const directory = await host.reader.readDirectory(vault);
  const agents = manifests.flatMap((manifest) => {
    const address = directory.get(manifest.metadata.name);
    return address === undefined ? [] : [{ manifest, address }];
  });
  return {
    now: chain.blockTime,
    daySeconds,
    treasuryBalanceAtomic: chain.usdcAtomic,
    vault,
    wards: await wards.read(agents, Math.floor(chain.blockTime / daySeconds)),
    offers: await host.reader.readOffers(vault),
    names: new Map([...directory].map(([name, address]) => [address, name])),
  };
}

/** Says what is new among the troubles of a beat; what was so in the beat before, with other figures, has been said. */
function createNotices(log: (line: string) => void): (troubles: readonly string[]) => void {
  const kindOf = (trouble: string): string => trouble.replace(/0x[0-9a-f]+|\d+/gi, '#');
  let before: ReadonlySet<string> = new Set();
  return (troubles) => {
    for (const trouble of troubles) if (!before.has(kindOf(trouble))) log(`${TREASURY}: ${trouble}`);
    before = new Set(troubles.map(kindOf));
  };
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
