import { createHash } from 'node:crypto';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { joinChannel } from '../support/channel-witness.ts';
import { type FinishedRun, finishRun } from '../support/finished-run.ts';
import { freePort } from '../support/irc.ts';
import { itIsAWholeEconomy } from '../support/run-laws.ts';
import { type Ended, eventually, makeSwarmBox, type Started, type SwarmBox } from '../support/swarm.ts';
import { goodsList, healthList, ircCheckList, statusList, tradeList } from '../support/swarm-output.ts';
import { auditVault, isInHistory } from '../support/vault-audit.ts';

const STOP_MS = 5_000;

/** The exit code and the one JSON object of a command. */
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

describe('npm start on the shipped sample, with only Node and git on the machine', () => {
  let box: SwarmBox;
  let bin: string;
  let run: FinishedRun;

  const npmStart = (...args: readonly string[]): Started =>
    box.start('npm', ['start', '--silent', '--', '--state', box.stateDir, ...args], { PATH: bin });

  beforeAll(async () => {
    box = await makeSwarmBox();
    bin = await onlyNodeAndGit(box);
    expect(bin).not.toContain(delimiter);
    const port = await freePort();
    const swarm = npmStart('--rounds', '14', '--irc-port', String(port), '--json');
    const witness = await joinChannel(port, swarm);
    run = await finishRun(box, swarm, witness);
  });

  afterAll(async () => {
    await box?.cleanUp();
  });

  itIsAWholeEconomy(() => run);

  describe('once it has stopped', () => {
    it('leaves no process behind', async () => {
      await box.allGone(STOP_MS);
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

  describe('started again', () => {
    let swarm: Started;

    beforeAll(async () => {
      swarm = npmStart('--beat-seconds', '2', '--json');
      await box.running(swarm);
    });

    it('goes on with its vault and its chain', async () => {
      const { remote } = run.report.vault;
      const where = await box.running(swarm);
      expect({ escrow: where.escrow, token: where.token }).toEqual({
        escrow: run.report.chain.escrow,
        token: run.report.chain.token,
      });
      await eventually('it has written to the vault again', 60_000, async () =>
        (await auditVault(remote)).head === run.vault.head ? undefined : true,
      );
      expect(await isInHistory(remote, run.vault.head)).toBe(true);
    });

    it('is healthy in every part', async () => {
      // The first beats take a moment.
      let health = await box.ops('health', '--json');
      await eventually('it is healthy', 60_000, async () => {
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

    it('ends with all its processes soon after Ctrl-C', async () => {
      swarm.signalGroup('SIGINT');
      await box.allGone(STOP_MS);
      expect((await swarm.ended).stderr).not.toMatch(/\n {4}at /);
    });
  });

  describe('started a third time', () => {
    it('is ended by swarm-ops stop as well', async () => {
      const swarm = npmStart('--beat-seconds', '2', '--json');
      await box.running(swarm);
      const stopped = await box.ops('stop', '--json');
      expect(stopped.exitCode).toBe(0);
      expect(parsed(statusList, stopped).items).toEqual([{ name: 'swarm', status: 'stopped' }]);
      await box.allGone(STOP_MS);
      // 130 where a busy machine took so long that the last resort ended it.
      expect([0, 130]).toContain((await swarm.ended).exitCode);
      const { items } = parsed(tradeList, await box.ops('trades', '--json'));
      const settled = items.filter(({ state }) => state === 'settled');
      expect(settled.length).toBeGreaterThan(0);
      expect(settled.filter(({ openedAt, txs }) => openedAt === null || txs.settled === undefined)).toEqual([]);
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
