import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RunFile } from '../../lib/host/run-file.ts';
import { auditChain } from '../support/chain-audit.ts';
import { type ChannelWitness, joinChannel } from '../support/channel-witness.ts';
import { type FinishedRun, finishRun } from '../support/finished-run.ts';
import { freePort } from '../support/free-port.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { killAll } from '../support/processes.ts';
import { eventually, makeSwarmBox, type Started, type SwarmBox } from '../support/swarm.ts';
import { tradeList } from '../support/swarm-output.ts';
import { auditVault, git, isInHistory, landedWrites, textAt } from '../support/vault-audit.ts';

/** What stood on disk, on chain and in people's ears when something was killed. */
interface Moment {
  readonly head: string;
  readonly paths: readonly string[];
  /** The ids of the writes that agents were told are safe: landed, or spooled. */
  readonly acknowledged: readonly string[];
  /** The ids of trades that were in the escrow, neither paid out nor given back. */
  readonly openTrades: readonly Hex[];
  /** First digits of the trades that were announced as deals. */
  readonly deals: readonly string[];
}

const receipt = z.object({ id: z.string() });
const anvilFile = z.object({ pid: z.number() });

describe('a swarm whose processes are killed in the middle of trades', () => {
  let box: SwarmBox;
  let run: FinishedRun;
  let trades: z.infer<typeof tradeList>['items'];
  const moments = new Map<'Node' | 'the chain' | 'the whole process group', Moment>();

  const remote = (): string => join(box.stateDir, 'vault.git');

  /** Waits until money lies in the escrow for at least two trades. */
  const untilTrading = (where: RunFile) =>
    eventually('two trades are open in the escrow', PATIENCE_MS, async () => {
      const { trades: all } = await auditChain(where.rpc, where);
      const open = [...all.values()].filter(({ endedAt }) => endedAt === undefined).map(({ id }) => id);
      return open.length >= 2 ? open : undefined;
    });

  /** Waits until none of the trades is open any more. */
  const untilOver = (where: RunFile, ids: readonly Hex[]) =>
    eventually('the trades that were open are over', PATIENCE_MS, async () => {
      // The chain may be away for the moment.
      const chain = await auditChain(where.rpc, where).catch(() => undefined);
      return ids.every((id) => chain?.trades.get(id)?.endedAt !== undefined) ? true : undefined;
    });

  const look = async (openTrades: readonly Hex[], witness: ChannelWitness): Promise<Moment> => {
    const vault = await auditVault(remote());
    return {
      head: vault.head,
      paths: vault.paths,
      acknowledged: await acknowledgedWrites(join(box.stateDir, 'spool')),
      openTrades,
      deals: witness.heard().flatMap(({ said }) => (said.type === 'deal' ? [said.trade] : [])),
    };
  };

  const start = async (...args: readonly string[]) => {
    const port = await freePort();
    const swarm: Started = box.up('--beat-seconds', '2', '--json', '--irc-port', String(port), ...args);
    const witness = await joinChannel(port, swarm);
    return { swarm, witness };
  };

  beforeAll(async () => {
    box = await makeSwarmBox();

    const first = await start();
    const open = await untilTrading(await box.running(first.swarm));
    process.kill(first.swarm.pid, 'SIGKILL');
    await first.swarm.ended;
    moments.set('Node', await look(open, first.witness));

    const second = await start();
    const where = await box.running(second.swarm);
    await untilOver(where, open);
    const openAtChain = await untilTrading(where);
    const { pid } = anvilFile.parse(JSON.parse(await readFile(join(box.stateDir, 'chain/state.json.pid'), 'utf8')));
    process.kill(pid, 'SIGKILL');
    moments.set('the chain', await look(openAtChain, second.witness));
    await untilOver(where, openAtChain);

    const openAtGroup = await untilTrading(where);
    second.swarm.signalGroup('SIGKILL');
    killAll(await box.processes());
    await second.swarm.ended;
    moments.set('the whole process group', await look(openAtGroup, second.witness));

    const last = await start('--rounds', '5');
    run = await finishRun(box, last.swarm, last.witness);
    trades = tradeList.parse(JSON.parse((await box.ops('trades', '--json')).stdout)).items;
  });

  afterAll(async () => {
    await box?.cleanUp();
  });

  for (const victim of ['Node', 'the chain', 'the whole process group'] as const) {
    describe(`kill -9 of ${victim}`, () => {
      const moment = (): Moment => {
        const found = moments.get(victim);
        if (found === undefined) throw new Error(`${victim} was not killed`);
        return found;
      };

      it('leaves every trade that was open completed or refunded', () => {
        const ends = moment().openTrades.map((id) => trades.find((trade) => trade.id === id)?.state);
        expect(ends.length).toBeGreaterThanOrEqual(2);
        expect(ends.filter((state) => state !== 'settled' && state !== 'refunded')).toEqual([]);
      });

      it('loses no commit and no write that was acknowledged', async () => {
        expect(await isInHistory(remote(), moment().head)).toBe(true);
        const landed = await landedWrites(remote());
        expect(moment().acknowledged.length).toBeGreaterThan(24);
        expect(moment().acknowledged.filter((id) => !landed.has(id))).toEqual([]);
      });

      it('takes no note away but offers and jobs that their owner ended', async () => {
        const now = new Set(run.vault.paths);
        for (const path of moment().paths.filter((one) => !now.has(one))) {
          const owner = /^agents\/([^/]+)\/(?:offers|jobs)\/[^/]+$/.exec(path)?.[1];
          expect(owner, path).toBeDefined();
          const range = `${moment().head}..${run.vault.head}`;
          const authors = await git(remote(), 'log', '--diff-filter=D', '--format=%an', range, '--', path);
          expect(authors.split('\n'), path).toContain(owner);
        }
      });

      it('only ever adds to the logs', async () => {
        const logs = moment().paths.filter((path) => /^agents\/kk-[^/]+\/log\/.*\.md$/.test(path));
        expect(logs.length).toBeGreaterThan(0);
        for (const path of logs) {
          const [before, after] = await Promise.all([
            textAt(remote(), moment().head, path),
            textAt(remote(), run.vault.head, path),
          ]);
          expect(after.startsWith(before)).toBe(true);
        }
      });

      it('keeps a note of every deal that was announced', () => {
        const { deals } = moment();
        expect(deals.filter((prefix) => !trades.some(({ id }) => id.startsWith(`0x${prefix}`)))).toEqual([]);
      });
    });
  }

  it('ends with no trade open, no error in the last run, and exit code 0', () => {
    expect(run.report.trades.open).toBe(0);
    expect(run.report.agents.filter(({ errors }) => errors > 0)).toEqual([]);
    expect(run.ended.exitCode).toBe(0);
    expect(trades.filter(({ state }) => !['settled', 'refunded', 'expired'].includes(state))).toEqual([]);
  });

  it('lets a trade expire only if it was never opened', () => {
    const opened = new Set<string>(run.chain.trades.keys());
    const expired = trades.filter(({ state }) => state === 'expired');
    expect(expired.filter(({ id }) => opened.has(id))).toEqual([]);
  });

  it('opens each trade once and ends it once', () => {
    const odd = [...run.chain.trades.values()].filter(
      ({ openings, payouts, refunds }) => openings !== 1 || payouts + refunds !== 1,
    );
    expect(odd).toEqual([]);
  });

  it('never lets a buyer pay twice for an offer', () => {
    const paid = run.vault.bought.filter(({ id }) => (run.chain.trades.get(id)?.payouts ?? 0) > 0);
    const purchases = paid.map(({ owner, offer }) => `${owner} ${offer}`);
    expect(purchases).toHaveLength(new Set(purchases).size);
  });

  it('takes from each buyer what its trades cost, and gives back what was not earned', () => {
    const escrow = run.report.chain.escrow.toLowerCase();
    const balance = new Map<string, bigint>();
    const add = (account: string, amount: bigint) => balance.set(account, (balance.get(account) ?? 0n) + amount);
    for (const { from, to, amountAtomic } of run.chain.transfers) {
      if (to === escrow) add(from, -amountAtomic);
      if (from === escrow) add(to, amountAtomic);
    }
    for (const { buyer, seller, amountAtomic, payouts } of run.chain.trades.values()) {
      if (payouts === 0) continue;
      add(buyer, amountAtomic);
      add(seller, -amountAtomic);
    }
    expect([...balance].filter(([, amount]) => amount !== 0n)).toEqual([]);
    expect(run.chain.escrowBalanceAtomic).toBe(0n);
  });

  it('leaves a repository that git finds whole, and notes that can be read', async () => {
    expect(await git(remote(), 'fsck', '--full', '--strict', '--no-dangling')).not.toMatch(/error|missing|broken/);
    expect(await git(join(box.stateDir, 'vault'), 'fsck', '--full', '--no-dangling')).not.toMatch(/error|missing/);
    expect(run.vault.unreadable).toEqual([]);
  });
});

/** The ids of the writes in a spool: those that landed and those that wait. */
async function acknowledgedWrites(spool: string): Promise<readonly string[]> {
  const landed = await readFile(join(spool, 'landed.jsonl'), 'utf8').catch(() => '');
  const receipts = landed.split('\n').flatMap((line) => {
    try {
      return [receipt.parse(JSON.parse(line)).id];
    } catch {
      // A kill may cut the last line off; that write still waits in a file of its own.
      return [];
    }
  });
  const waiting: string[] = [];
  for (const name of await readdir(spool)) {
    if (!name.endsWith('.json')) continue;
    const text = await readFile(join(spool, name), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    waiting.push(z.object({ write: receipt }).parse(JSON.parse(text)).write.id);
  }
  return [...receipts, ...waiting];
}
