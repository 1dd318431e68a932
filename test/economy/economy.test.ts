import { createHash } from 'node:crypto';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { readOwnerShares } from '../../scripts/bench/owner-shares.ts';
import { joinChannel } from '../support/channel-witness.ts';
import { type FinishedRun, finishRun } from '../support/finished-run.ts';
import { freePort } from '../support/free-port.ts';
import { itIsAWholeEconomy } from '../support/run-laws.ts';
import { type Ended, eventually, makeSwarmBox, type Started, type SwarmBox } from '../support/swarm.ts';
import { goodsList, healthList, ircCheckList, statusList, tradeList } from '../support/swarm-output.ts';
import { auditVault, isInHistory } from '../support/vault-audit.ts';
import { writeDay, writeLogs } from '../support/written-logs.ts';

/** Far more than it takes on a machine with nothing else to do. */
const PATIENCE_MS = 180_000;

/** The one JSON object of a command. */
function parsed<Schema extends z.ZodType>(schema: Schema, ended: Ended): z.infer<Schema> {
  return schema.parse(JSON.parse(ended.stdout));
}

/** A folder with Node, npm, git and the shell that npm needs, and nothing else: to be the whole PATH. */
async function onlyNodeAndGit(box: SwarmBox): Promise<string> {
  const bin = join(box.root, 'bin');
  await mkdir(bin);
  for (const program of ['node', 'npm', 'git', 'sh']) {
    const { stdout } = await execa('which', [program]);
    await symlink(stdout.trim(), join(bin, program));
  }
  return bin;
}

const ids = (notes: readonly { readonly id: string }[]): readonly string[] => notes.map(({ id }) => id).sort();

describe('npm start on a folder of logs, with only Node and git on the machine', () => {
  let box: SwarmBox;
  let bin: string;
  let logs: string;
  let run: FinishedRun;

  const npmStart = (...args: readonly string[]): Started => {
    const options = ['--state', box.stateDir, '--data', logs, '--beat-seconds', '1', '--json', ...args];
    return box.start('npm', ['start', '--silent', '--', ...options], { PATH: bin });
  };

  beforeAll(async () => {
    box = await makeSwarmBox();
    bin = await onlyNodeAndGit(box);
    expect(bin).not.toContain(delimiter);
    logs = join(box.root, 'logs');
    await writeLogs(logs);
    const port = await freePort();
    const swarm = npmStart('--rounds', '60', '--irc-port', String(port));
    const witness = await joinChannel(port, swarm);
    run = await finishRun(box, swarm, witness);
  });

  afterAll(async () => {
    await box?.cleanUp();
  });

  itIsAWholeEconomy(() => run);

  it('skips or mends what is wrong with the logs, counts it, says so, and goes on with the rest', () => {
    const { stderr } = run.ended;
    expect(stderr).toMatch(/6 days of chat in 7 files, \d{4} messages/);
    expect(stderr).toMatch(/lines that are too long, skipped: 1/);
    expect(stderr).toMatch(/lines with bytes that are not UTF-8, repaired: 1/);
    expect(stderr).toMatch(/skipped 2024-01-07\.raw\.txt: /);
    const bundle = run.vault.offers.find(({ product }) => product === 'raw-logs');
    expect(bundle?.unitCount).toBe(6);
  });

  describe('once it has stopped', () => {
    it('has filled no agent’s folder to half of a bound', async () => {
      const shares = await readOwnerShares(run.report.vault.remote);
      for (const [bound, { folder, share }] of Object.entries(shares)) {
        expect(share, `${bound} of ${folder}`).toBeLessThan(0.5);
      }
    });

    it('leaves no process behind', async () => {
      await box.allGone(PATIENCE_MS);
    });

    it('still tells how the agents were and what was traded', async () => {
      const status = parsed(statusList, await box.ops('status', '--json'));
      expect(status.items).toHaveLength(24);
      expect(status.items.every((item) => item.status === 'stopped')).toBe(true);
      const trades = await box.ops('trades', '--json');
      expect(trades.exitCode).toBe(0);
      const { items } = parsed(tradeList, trades);
      expect(items.filter(({ state }) => state === 'settled')).toHaveLength(run.report.trades.completed);
      expect(items).toHaveLength(run.report.trades.requested);
    });

    it('says that health and channel are out of reach, with exit code 3', async () => {
      const health = await box.ops('health', '--json');
      expect(health.exitCode).toBe(3);
      expect(parsed(healthList, health).items.find(({ name }) => name === 'process')?.status).toBe('unreachable');
      const channel = await box.ops('irc-check', '--json');
      expect(channel.exitCode).toBe(3);
      expect(channel.stderr).toMatch(/not running/);
    });

    it('exports goods to a new file and never over an old one', async () => {
      const trade = run.vault.bought.find(({ closed, product }) => closed?.state === 'settled' && product === 'soul');
      const out = join(box.root, 'soul.json');
      const shown = await box.ops('open', trade?.id ?? '');
      expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
      expect(shown.stdout.trim().length).toBeGreaterThan(0);
      expect(await box.ops('open', trade?.id ?? '', '--out', out)).toMatchObject({ exitCode: 0 });
      const bytes = await readFile(out);
      expect(`0x${createHash('sha256').update(bytes).digest('hex')}`).toBe(trade?.received?.contentDigest);
      const again = await box.ops('open', trade?.id ?? '', '--out', out);
      expect(again.exitCode).toBe(1);
      expect(await readFile(out)).toEqual(bytes);
    });

    it('says that a trade is unknown', async () => {
      const unknown = await box.ops('open', 'ffffffffffffffff');
      expect(unknown.exitCode).toBe(1);
      expect(unknown.stderr).toMatch(/No trade ffffffffffffffff/);
    });
  });

  describe('started once more on the same logs', () => {
    it('offers nothing new and buys nothing again', async () => {
      const idle = await finishRun(box, npmStart('--rounds', '6'), { heard: () => [] });
      expect(idle.ended.exitCode).toBe(0);
      expect(ids(idle.vault.offers)).toEqual(ids(run.vault.offers));
      expect(ids(idle.vault.bought)).toEqual(ids(run.vault.bought));
      expect(idle.chain.trades.size).toBe(run.chain.trades.size);
      expect(idle.report.usdcMovedAtomic).toBe(run.report.usdcMovedAtomic);
      expect(idle.report.irc.deals).toBe(0);
    });
  });

  describe('started a third time', () => {
    let swarm: Started;

    beforeAll(async () => {
      swarm = npmStart();
      await box.running(swarm);
    });

    it('goes on with its vault and its chain', async () => {
      const { remote } = run.report.vault;
      const where = await box.running(swarm);
      expect({ escrow: where.escrow, token: where.token }).toEqual({
        escrow: run.report.chain.escrow,
        token: run.report.chain.token,
      });
      await eventually('it has written to the vault again', PATIENCE_MS, async () =>
        (await auditVault(remote)).head === run.vault.head ? undefined : true,
      );
      expect(await isInHistory(remote, run.vault.head)).toBe(true);
    });

    it('is healthy in every part', async () => {
      // The first beats take a moment.
      let health = await box.ops('health', '--json');
      await eventually('it is healthy', PATIENCE_MS, async () => {
        if (health.exitCode === 0) return true;
        health = await box.ops('health', '--json');
        return undefined;
      }).catch(() => undefined);
      const { items } = parsed(healthList, health);
      expect(items.filter(({ status }) => status !== 'ok')).toEqual([]);
      expect(items.map(({ name }) => name)).toEqual([
        'process',
        'heartbeats',
        'vault',
        'channel',
        'escrow',
        'treasury',
      ]);
      expect(health.exitCode).toBe(0);
    });

    it('makes new offers and new sales when a new day is added', async () => {
      await writeDay(logs, 10);
      const before = new Set(ids(run.vault.offers));
      const fresh = await eventually('what was made from the new day is sold', PATIENCE_MS, async () => {
        const { offers, bought } = await auditVault(run.report.vault.remote);
        const sold = new Set(bought.filter(({ closed }) => closed?.state === 'settled').map(({ offer }) => offer));
        const made = offers.filter(({ id }) => !before.has(id));
        const isSold = (isRaw: boolean): boolean =>
          made.some(({ id, product }) => (product === 'raw-logs') === isRaw && sold.has(id));
        return isSold(true) && isSold(false) ? made : undefined;
      });
      expect(fresh.filter(({ product }) => product === 'raw-logs').map(({ unitCount }) => unitCount)).toEqual([1]);
    });

    it('finds all 24 in the channel, and what they said', async () => {
      const channel = await box.ops('irc-check', '--json');
      expect(channel.exitCode).toBe(0);
      const { items } = parsed(ircCheckList, channel);
      expect(items).toHaveLength(24);
      expect(items.filter(({ present }) => !present)).toEqual([]);
      expect(items.some(({ need, have }) => have + need > 0)).toBe(true);
    });

    it('tells by status how each of the 24 is doing', async () => {
      const status = await box.ops('status', '--json');
      expect(status.exitCode).toBe(0);
      const { items } = parsed(statusList, status);
      expect(items.map(({ name }) => name).sort()).toEqual(run.report.agents.map(({ name }) => name).sort());
      expect(items.filter((item) => item.status === 'stopped')).toEqual([]);
    });

    it('shows the goods of a settled trade, which are those that were paid for', async () => {
      const trades = await box.ops('trades', '--json');
      expect(trades.exitCode).toBe(0);
      const { items } = parsed(tradeList, trades);
      expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
      const settled = items.find(({ state }) => state === 'settled');
      expect(settled?.txs).toMatchObject({ opened: expect.any(String), settled: expect.any(String) });
      const opened = await box.ops('open', (settled?.id ?? '').slice(2, 14), '--json');
      expect(opened.exitCode).toBe(0);
      const [goods] = parsed(goodsList, opened).items;
      const bytes = await readFile(goods?.path ?? '');
      expect(bytes.byteLength).toBe(goods?.sizeBytes);
      expect(`0x${createHash('sha256').update(bytes).digest('hex')}`).toBe(goods?.contentDigest);
    });

    it('ends with all its processes at Ctrl-C', async () => {
      swarm.signalGroup('SIGINT');
      await box.allGone(PATIENCE_MS);
      expect((await swarm.ended).stderr).not.toMatch(/\n {4}at /);
    });
  });

  describe('started a last time', () => {
    it('is ended by swarm-ops stop as well', async () => {
      const swarm = npmStart();
      await box.running(swarm);
      const settledTrades = async () =>
        parsed(tradeList, await box.ops('trades', '--json')).items.filter(({ state }) => state === 'settled');
      const running = await settledTrades();
      const stopped = await box.ops('stop', '--json');
      expect(stopped.exitCode).toBe(0);
      expect(parsed(statusList, stopped).items).toEqual([{ name: 'swarm', status: 'stopped' }]);
      await box.allGone(PATIENCE_MS);
      // 130 where a busy machine took so long that the last resort ended it.
      const { exitCode } = await swarm.ended;
      expect([0, 130]).toContain(exitCode);
      const settled = await settledTrades();
      expect(settled.length).toBeGreaterThan(0);
      const before = new Set(running.map(({ id }) => id));
      const isWhole = ({ openedAt, txs }: (typeof settled)[number]) => openedAt !== null && txs.settled !== undefined;
      expect(settled.filter((trade) => before.has(trade.id) && !isWhole(trade))).toEqual([]);
      // Where the last resort ended it, trades of its last seconds may be without their transactions.
      if (exitCode === 0) expect(settled.filter((trade) => !isWhole(trade))).toEqual([]);
      const idle = await box.ops('stop', '--json');
      expect(idle.exitCode).toBe(0);
      expect(parsed(statusList, idle).items).toEqual([{ name: 'swarm', status: 'not-running' }]);
    });

    it('has lost no trade and bought no offer twice', async () => {
      const vault = await auditVault(run.report.vault.remote);
      const now = new Set(vault.bought.map(({ id }) => id));
      expect(run.vault.bought.filter(({ id }) => !now.has(id))).toEqual([]);
      const kept = vault.bought.filter(({ closed }) => closed?.state !== 'refunded' && closed?.state !== 'expired');
      const purchases = kept.map(({ owner, offer }) => `${owner} ${offer}`);
      expect(purchases).toHaveLength(new Set(purchases).size);
    });

    it('is removed by reset, with everything in it', async () => {
      expect(await box.ops('reset', '--yes', '--json')).toMatchObject({ exitCode: 0 });
      const gone = await box.ops('status');
      expect(gone.exitCode).toBe(3);
      expect(gone.stderr).toMatch(/no swarm's state/);
    });
  });
});
