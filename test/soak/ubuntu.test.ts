import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinChannel } from '../support/channel-witness.ts';
import { type FinishedRun, finishRun } from '../support/finished-run.ts';
import { freePort } from '../support/free-port.ts';
import { itIsAWholeEconomy } from '../support/run-laws.ts';
import { makeSwarmBox, PROJECT, type SwarmBox } from '../support/swarm.ts';

const LOGS = join(PROJECT, '../shared/data/ubuntu-irc');
const absent = existsSync(LOGS) ? '' : ' (skipped: ../shared/data/ubuntu-irc is absent)';

describe.skipIf(absent !== '')(`24 rounds on 153 days of Ubuntu's channel${absent}`, () => {
  let box: SwarmBox;
  let run: FinishedRun;

  beforeAll(async () => {
    box = await makeSwarmBox();
    const port = await freePort();
    const swarm = box.up('--data', LOGS, '--beat-seconds', '5', '--rounds', '24', '--irc-port', String(port), '--json');
    const witness = await joinChannel(port, swarm);
    run = await finishRun(box, swarm, witness);
  });

  afterAll(async () => {
    await box?.cleanUp();
  });

  itIsAWholeEconomy(() => run);

  it('gives every agent its rounds', () => {
    expect(run.report.agents.filter(({ beats }) => beats < 24)).toEqual([]);
    expect(run.report.drainBeats).toBeLessThanOrEqual(12);
  });

  it('sells the backlog of logs as one bundle of all days', () => {
    const bundles = run.vault.offers.filter(({ product }) => product === 'raw-logs');
    expect(bundles.map(({ unitCount, priceAtomic }) => ({ unitCount, priceAtomic }))).toEqual([
      { unitCount: 153, priceAtomic: 1_530_000n },
    ]);
  });

  it('ends every process it started', async () => {
    await box.allGone(5_000);
  });
});
