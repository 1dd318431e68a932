import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinChannel } from '../support/channel-witness.ts';
import { type FinishedRun, finishRun } from '../support/finished-run.ts';
import { freePort } from '../support/free-port.ts';
import { itIsAWholeEconomy } from '../support/run-laws.ts';
import { makeSwarmBox, type SwarmBox } from '../support/swarm.ts';
import { writeDay, writeLogs } from '../support/written-logs.ts';

/** A new day of chat arrives this often, and budgets are of days of 10 s. */
const DAY_MS = 10_000;
const ROUNDS = 400;

describe('a swarm whose days take seconds', () => {
  let box: SwarmBox;
  let run: FinishedRun;
  let days = 0;

  beforeAll(async () => {
    box = await makeSwarmBox();
    const logs = join(box.root, 'logs');
    await writeLogs(logs);
    const port = await freePort();
    const swarm = box.up(
      '--data',
      logs,
      '--beat-seconds',
      '1',
      '--rounds',
      String(ROUNDS),
      '--irc-port',
      String(port),
      '--json',
    );
    const witness = await joinChannel(port, swarm);
    const nights = setInterval(() => void writeDay(logs, 10 + days++), DAY_MS);
    try {
      run = await finishRun(box, swarm, witness);
    } finally {
      clearInterval(nights);
    }
  });

  afterAll(async () => {
    await box?.cleanUp();
  });

  itIsAWholeEconomy(() => run);

  it('sells the new days one by one, after the backlog', () => {
    const counts = run.vault.offers.filter(({ product }) => product === 'raw-logs').map(({ unitCount }) => unitCount);
    expect(counts.length).toBeGreaterThan(days / 2);
    expect(counts.filter((count) => count !== 1)).toHaveLength(1);
  });
});
