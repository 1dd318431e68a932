import { randomUUID } from 'node:crypto';
import type { Address, LocalAccount } from 'viem';
import { chainRulesOf } from '../core/chains.ts';
import { formatError } from '../core/errors.ts';
import { runnable } from '../core/flow.ts';
import { TREASURY } from '../core/ids.ts';
import type { Manifest } from '../core/manifest.ts';
import { formatUsdc } from '../core/money.ts';
import { systemClock } from '../core/time.ts';
import { createFundedAgents } from '../flows/treasury/funded-agents.ts';
import { createHandOutFlow } from '../flows/treasury/hand-out-flow.ts';
import type { HandOutPlan } from '../flows/treasury/hand-outs.ts';
import { ledgerFlow, ledgerSubject } from '../flows/treasury/ledger-flow.ts';
import { readTreasury } from '../flows/treasury/read-treasury.ts';
import { readWasGiven } from '../flows/treasury/was-given.ts';
import { type Schedule, startSchedule } from '../heartbeat/schedule.ts';
import { createServiceBeat } from '../heartbeat/service-beat.ts';
import { createTransferIndex } from '../market/token/transfer-index.ts';
import type { StewardHost } from './host.ts';
import { keepIn } from './snapshot-file.ts';
import { type TreasuryReport, writeTreasuryReport } from './treasury-report.ts';

/** Runs the treasury's flows at the interval of its chain, writing as `kk-treasury`, and writes a report of each round. */
export function startTreasury(host: StewardHost, account: LocalAccount, manifests: readonly Manifest[]): Schedule {
  const { folder, market, reader, vault, draining } = host;
  const { client, deployment, readBalance, sendTransfer } = market;
  const { chainId, token } = deployment;
  const treasury = account.address.toLowerCase() as Address;
  const { treasuryEverySeconds: everySeconds } = chainRulesOf(chainId);
  const log = (line: string): void => host.log(`${TREASURY}: ${line}`);
  const funded = createFundedAgents(
    { readBalance, wasGiven: (manifest, day) => readWasGiven(client, token, treasury, manifest, day) },
    sendTransfer(account),
    systemClock,
  );
  const transfers = createTransferIndex({
    client,
    chainId,
    token,
    account: treasury,
    fromBlock: BigInt(deployment.fromBlock),
    keep: keepIn(folder.transfers),
  });
  const sources = {
    treasury,
    manifests,
    daySeconds: reader.daySeconds,
    vault,
    readDirectory: reader.readDirectory,
    readOffers: reader.readOffers,
    readChain: () => market.index.view(treasury),
    readTransfers: transfers.refresh,
    readDue: funded.readDue,
    clock: systemClock,
    draining,
  };
  const beat = createServiceBeat({
    author: TREASURY,
    vault,
    sense: (errors) => readTreasury(sources, errors),
    flows: [runnable(ledgerFlow), runnable(createHandOutFlow(funded.send))],
    subjectOf: ledgerSubject,
    uuid: randomUUID,
    log,
  });
  let standing: Pick<TreasuryReport, 'shortAtomic' | 'waiting' | 'refused'> = {
    shortAtomic: 0n,
    waiting: 0,
    refused: [],
  };

  /** Who gives nothing out for another reason has not got enough for that. */
  function follow({ shortAtomic, waiting }: HandOutPlan): void {
    const wasShort = standing.waiting > 0;
    standing = { shortAtomic, waiting, refused: [...funded.refused()] };
    if (wasShort === waiting > 0) return;
    log(
      wasShort
        ? 'has enough USDC again'
        : `${treasury} lacks ${formatUsdc(shortAtomic)} USDC: ${waiting} agents wait for their money until it has that`,
    );
  }

  return startSchedule({ type: 'every', seconds: everySeconds, phaseSeconds: 0 }, async () => {
    const { sensed, errors } = await beat();
    if (sensed?.snapshot.plan !== undefined) follow(sensed.snapshot.plan);
    const report = { ...standing, address: treasury, at: systemClock(), everySeconds, errors };
    await writeTreasuryReport(folder.treasury, report).catch((error: unknown) => host.debug(formatError(error)));
  });
}
