import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex, LocalAccount } from 'viem';
import { type RunnableFlow, runnable } from '../core/flow.ts';
import { type Manifest, nickOf } from '../core/manifest.ts';
import type { Me } from '../core/snapshot.ts';
import { systemClock } from '../core/time.ts';
import { policies } from '../decisions/registry.ts';
import { deriveDeliveryKey } from '../delivery/delivery-key.ts';
import { openGoodsStore } from '../delivery/goods-store.ts';
import { createCoordinationFlow } from '../flows/coordination/coordination-flow.ts';
import { createProduceFlow } from '../flows/produce/produce-flow.ts';
import { type CorpusPort, createWorkshop } from '../flows/produce/workshop.ts';
import { createRecoveryFlow } from '../flows/recovery/recovery-flow.ts';
import { createFetches } from '../flows/trade/fetches.ts';
import { createTradeFlow } from '../flows/trade/trade-flow.ts';
import { createSurplusFlow } from '../flows/treasury/surplus-flow.ts';
import { createValidationFlow } from '../flows/validation/validation-flow.ts';
import { createHeartbeat, type Heartbeat } from '../heartbeat/heartbeat.ts';
import { needsKind } from '../heartbeat/pages.ts';
import type { BeatReport } from '../heartbeat/ports.ts';
import { type Rhythm, type Schedule, startSchedule } from '../heartbeat/schedule.ts';
import { type ChannelConnection, connectChannel } from '../irc/connection.ts';
import { signIdentity } from '../market/terms/identity.ts';
import { inProcess } from '../work/executor.ts';
import type { Host } from './host.ts';
import { openReplayQueue } from './open-replay-queue.ts';

/** One running agent of this host. */
export interface AgentHost {
  readonly manifest: Manifest;
  readonly address: Hex;
  readonly channel: ChannelConnection;
  readonly counts: { scheduled: number; beats: number; errors: number };
  /** The most beats that began in one of its rounds. */
  readonly mostInARound: () => number;
  readonly last: () => BeatReport | undefined;
  readonly start: (rhythm: Rhythm, onBeat: (report: BeatReport, trigger: 'schedule' | 'nudge') => void) => void;
  /** Requests a beat soon. @param by when it is needed, in seconds since 1970. */
  readonly nudge: (by?: number) => void;
  /** Sets the minimum interval between its scheduled beats, in seconds, from now on. */
  readonly stretchTo: (seconds: number) => void;
  /** Ends the schedule after the running beat has ended and was announced. The channel stays open. */
  readonly rest: () => Promise<void>;
}

/** The salt of an agent's standing delivery key, to which others encrypt. No trade has this salt. */
const STANDING_SALT: Hex = `0x${'00'.repeat(32)}`;

/** Creates an agent from its manifest and the host's services. It beats once `start` is called. */
export async function createAgentHost(
  host: Host,
  manifest: Manifest,
  account: LocalAccount,
  corpus: CorpusPort | undefined,
): Promise<AgentHost> {
  const { name } = manifest.metadata;
  const deliverySeed = host.deliverySeed(name);
  const { recipient, identity } = await deriveDeliveryKey(deliverySeed, STANDING_SALT);
  const address = account.address.toLowerCase() as Hex;
  const walletProof = await signIdentity(account, host.market.domain, {
    name,
    wallet: address,
    deliveryRecipient: recipient,
  });
  const me: Me = { name, nick: nickOf(manifest), address, manifest, deliveryRecipient: recipient, walletProof };
  const dir = host.folder.agent(name);
  const outDir = join(dir, 'work');
  // What a kill left there is made again.
  await rm(outDir, { recursive: true, force: true });
  await mkdir(outDir, { recursive: true });
  const goods = await openGoodsStore(dir);
  const randomSalt = (): Hex => `0x${randomBytes(32).toString('hex')}`;
  const counts = { scheduled: 0, beats: 0, errors: 0 };
  let schedule: Schedule | undefined;
  let last: BeatReport | undefined;
  const nudge = (by?: number): void => schedule?.nudge(by);

  const workshop = createWorkshop({
    me,
    definitions: host.products,
    corpus,
    goods,
    executor: inProcess,
    outDir,
    nowMs: () => Date.now(),
    changed: () => nudge(),
    log: host.log,
  });
  const fetches = createFetches(() => nudge());
  const trade = createTradeFlow({
    account,
    deliverySeed,
    domain: host.market.domain,
    tokenDomain: host.market.tokenDomain,
    signatures: host.market.signatures,
    trades: host.reader.trades,
    escrow: host.market.escrowWriter(account),
    hasTrade: host.market.index.hasTrade,
    readBalance: host.market.readBalance,
    readChain: () => host.market.index.view(address),
    paceSeconds: () => schedule?.paceSeconds() ?? 0,
    aside: host.beats.aside,
    readGasPrice: host.market.readGasPrice,
    store: host.store,
    goods,
    fetches,
    downloadOrigins: host.downloadOrigins,
    settings: host.tradeSettings,
    clock: systemClock,
    randomSalt,
  });
  const workshopAside = {
    ...workshop,
    make: (order: Parameters<typeof workshop.make>[0]) => host.beats.aside(() => workshop.make(order)),
  };
  const produce = createProduceFlow({
    account,
    deliverySeed,
    domain: host.market.domain,
    goods,
    workshop: workshopAside,
    randomSalt,
  });
  const replays =
    manifest.spec.role === 'validator'
      ? await openReplayQueue(host, { dir, goods, identity, changed: () => nudge() })
      : undefined;
  const validation = createValidationFlow({
    account,
    deliverySeed,
    domain: host.market.domain,
    store: host.store,
    goods,
    sources: workshop,
    replays,
    urlLifeSeconds: host.tradeSettings.urlLifeSeconds,
    clock: systemClock,
    randomSalt,
  });
  const flows: RunnableFlow[] = [runnable(trade), runnable(produce), runnable(validation)];
  if (host.treasury !== undefined) {
    flows.push(runnable(createSurplusFlow(host.market.sendTransfer(account), host.treasury)));
  }
  if (manifest.spec.role === 'coordinator') {
    const readNeeds = (snapshot: { readonly vault: Parameters<typeof workshop.read>[0] }) =>
      snapshot.vault.notes(needsKind).flatMap(({ data }) => data.needs.map((need) => ({ agent: data.owner, need })));
    flows.push(runnable(createCoordinationFlow(host.reader.trades, readNeeds)));
    flows.push(
      runnable(
        createRecoveryFlow({
          trades: host.reader.trades,
          escrow: host.market.escrowWriter(account),
          openedQuote: host.market.openedQuote,
          stepInAfterSeconds: host.tradeSettings.stepInAfterSeconds,
        }),
      ),
    );
  }

  const channel = connectChannel({
    ...host.irc,
    nick: me.nick,
    channel: manifest.spec.channels[0] ?? '#karmakadabra',
    log: host.debug,
    onLine: (line) => {
      if (heartbeat.concerns(line)) nudge();
    },
    outbox: host.outbox,
  });
  const heartbeat: Heartbeat = createHeartbeat({
    me,
    vault: host.orders.vaultOf(name),
    rests: host.rests,
    orders: host.orders.current,
    isIgnored: host.orders.isIgnored,
    readChain: () => host.market.index.view(address),
    channel,
    nicks: host.nicks,
    readMarket: (known) => host.reader.readMarket(known),
    readWork: (vault) => workshop.read(vault),
    policy: policies[manifest.spec.role],
    flows,
    clock: systemClock,
    uuid: randomUUID,
    build: host.build,
    draining: host.draining,
    log: host.log,
  });

  return {
    manifest,
    address,
    channel,
    counts,
    mostInARound: () => schedule?.mostInARound() ?? 0,
    last: () => last,
    start: (rhythm, onBeat) => {
      schedule = startSchedule(
        rhythm,
        async (trigger) => {
          const report = await heartbeat.beat();
          last = report;
          counts.beats += 1;
          if (trigger === 'schedule') counts.scheduled += 1;
          if (!report.ok) counts.errors += 1;
          if (report.wakeAt !== undefined) schedule?.wakeAt(report.wakeAt);
          onBeat(report, trigger);
        },
        host.beats,
      );
    },
    nudge,
    stretchTo: (seconds) => schedule?.stretchTo(seconds),
    rest: async () => {
      await schedule?.stop();
      await Promise.all([workshop.idle(), replays?.stop(), fetches.stop()]);
      await heartbeat.settled();
      await host.rests.flush();
    },
  };
}
