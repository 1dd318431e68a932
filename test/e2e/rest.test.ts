import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleDate, sampleDay } from '../../lib/local/sample-corpus/sample-day.ts';
import { type FinishedRun, finishRun } from '../support/finished-run.ts';
import { makeSwarmBox, type SwarmBox } from '../support/swarm.ts';

const SEED = 'e2e';
const LONG_LINE_BYTES = 50 * 2 ** 20;

/** Days of budgets are so short that no budget stands between a buyer and what it wants. */
const SETTINGS = 'title: Test corpus\nminMessages: 60\nmaxProfiles: 3\ndaySeconds: 10\n';

/** Four good days with a line of 50 MB, one with bytes that aren't UTF-8, and a broken one among them. */
async function writeLogs(dir: string): Promise<void> {
  await mkdir(dir);
  await writeFile(join(dir, 'corpus.yaml'), SETTINGS);
  for (const number of [0, 1, 2, 3]) await writeDay(dir, number);
  const long = `{"timestamp":"2024-01-05T10:00:00Z","user":"chatty","message":"${'x'.repeat(LONG_LINE_BYTES)}"}`;
  const short = '{"timestamp":"2024-01-05T10:00:01Z","user":"terse","message":"nothing to add"}';
  await writeFile(join(dir, '2024-01-05.jsonl'), `${long}\n${short}\n`);
  const latin = Buffer.from('[10:00] <Jos\xe9> ma\xf1ana a las ocho\n[10:01] <ann> see you then\n', 'latin1');
  await writeFile(join(dir, '2024-01-06.raw.txt'), latin);
  await writeFile(join(dir, '2024-01-07.raw.txt'), randomBytes(300_000));
}

async function writeDay(dir: string, number: number): Promise<void> {
  await writeFile(join(dir, `${sampleDate(number)}.jsonl`), `${sampleDay(SEED, number).lines.join('\n')}\n`);
}

describe('a swarm on logs that do not change', () => {
  let box: SwarmBox;
  let logs: string;
  let first: FinishedRun;
  let idle: FinishedRun;
  let woken: FinishedRun;

  const runFor = async (rounds: number): Promise<FinishedRun> => {
    const swarm = box.up('--data', logs, '--beat-seconds', '1', '--rounds', String(rounds), '--json');
    return finishRun(box, swarm, { heard: () => [] });
  };

  beforeAll(async () => {
    box = await makeSwarmBox();
    logs = join(box.root, 'logs');
    await writeLogs(logs);
    first = await runFor(60);
    idle = await runFor(12);
    await writeDay(logs, 10);
    woken = await runFor(24);
  });

  afterAll(async () => {
    await box?.cleanUp();
  });

  const ids = (notes: readonly { readonly id: string }[]): readonly string[] => notes.map(({ id }) => id).sort();

  it('trades until everybody has what they want', () => {
    expect(first.ended.exitCode).toBe(0);
    expect(first.report.trades.completed).toBeGreaterThan(20);
    expect(first.report.products.soul?.sold).toBeGreaterThan(0);
  });

  it('skips or mends what is wrong with the logs, counts it, says so, and goes on with the rest', () => {
    const { stderr } = first.ended;
    expect(stderr).toMatch(/6 days of chat in 7 files, \d{4} messages/);
    expect(stderr).toMatch(/lines that are too long, skipped: 1/);
    expect(stderr).toMatch(/lines with bytes that are not UTF-8, mended: 1/);
    expect(stderr).toMatch(/skipped 2024-01-07\.raw\.txt: /);
    const bundle = first.vault.offers.find(({ product }) => product === 'raw-logs');
    expect(bundle?.unitCount).toBe(6);
  });

  it('offers nothing new and buys nothing again when it is started once more on the same logs', () => {
    expect(idle.ended.exitCode).toBe(0);
    expect(ids(idle.vault.offers)).toEqual(ids(first.vault.offers));
    expect(ids(idle.vault.bought)).toEqual(ids(first.vault.bought));
    expect(idle.chain.trades.size).toBe(first.chain.trades.size);
    expect(idle.report.usdcMovedAtomic).toBe(first.report.usdcMovedAtomic);
    expect(idle.report.irc.deals).toBe(0);
  });

  it('makes new offers and new sales when a new day is added', () => {
    expect(woken.ended.exitCode).toBe(0);
    const before = new Set(ids(idle.vault.offers));
    const fresh = woken.vault.offers.filter(({ id }) => !before.has(id));
    expect(new Set(fresh.map(({ product }) => product))).toContain('raw-logs');
    expect(fresh.filter(({ product }) => product === 'raw-logs').map(({ unitCount }) => unitCount)).toEqual([1]);
    const sold = new Set(
      woken.vault.bought.filter(({ closed }) => closed?.state === 'settled').map(({ offer }) => offer),
    );
    expect(fresh.filter(({ id, product }) => product === 'raw-logs' && sold.has(id))).toHaveLength(1);
    expect(fresh.filter(({ id, product }) => product !== 'raw-logs' && sold.has(id)).length).toBeGreaterThan(0);
    expect(woken.chain.trades.size).toBeGreaterThan(idle.chain.trades.size);
  });

  it('never buys an offer twice over all its runs', () => {
    const purchases = woken.vault.bought.map(({ owner, offer }) => `${owner} ${offer}`);
    expect(purchases).toHaveLength(new Set(purchases).size);
  });
});
