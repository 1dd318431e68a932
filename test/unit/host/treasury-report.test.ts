import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTreasuryReport, type TreasuryReport, writeTreasuryReport } from '../../../lib/host/treasury-report.ts';
import { addressOf } from '../../support/snapshot.ts';

const report: TreasuryReport = {
  at: 1000,
  everySeconds: 60,
  address: addressOf(0xba),
  shortAtomic: 1_500_000n,
  waiting: 3,
  refused: ['kk-fan'],
  errors: ['the clock is wrong'],
};

describe('the report of the treasury', () => {
  let dir: string;
  const file = () => join(dir, 'treasury.json');

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kk-report-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('is none before the first look, and then what was written', async () => {
    expect(await readTreasuryReport(file(), 1000)).toBeUndefined();
    await writeTreasuryReport(file(), report);
    expect(await readTreasuryReport(file(), 1000)).toMatchObject(report);
  });

  it('is read as an earlier version wrote it', async () => {
    const { errors: troubles, ...rest } = report;
    const value = { ...rest, shortAtomic: '1500000', troubles, apiVersion: 'karmakadabra/v1', kind: 'TreasuryReport' };
    await writeFile(file(), JSON.stringify(value));
    expect(await readTreasuryReport(file(), 1000)).toMatchObject(report);
  });

  it('says that nobody is at work once it has missed four looks, or cannot be read', async () => {
    await writeTreasuryReport(file(), report);
    expect(await readTreasuryReport(file(), 1270)).toMatchObject({ waiting: 3 });
    const silent = { code: 'swarm/treasury-silent', disposition: 'wait' };
    await expect(readTreasuryReport(file(), 1271)).rejects.toMatchObject(silent);
    for (const text of ['', '{', '{"kind":"TreasuryReport"}', 'null']) {
      await writeFile(file(), text);
      await expect(readTreasuryReport(file(), 1000)).rejects.toMatchObject(silent);
    }
  });
});
