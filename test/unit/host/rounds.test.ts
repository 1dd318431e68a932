import { describe, expect, it } from 'vitest';
import type { AgentHost } from '../../../lib/host/agent-host.ts';
import { followRounds, MAX_DRAIN_BEATS } from '../../../lib/host/machine/rounds.ts';

/** Agents that have had so many scheduled beats. */
function agentsWith(beats: number[]) {
  return beats.map((_, at) => ({
    counts: {
      get scheduled() {
        return beats[at] ?? 0;
      },
    },
    stretchTo: () => undefined,
  })) as unknown as AgentHost[];
}

async function isOver(rounds: { readonly over: Promise<void> }): Promise<boolean> {
  await new Promise(setImmediate);
  return Promise.race([rounds.over.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);
}

describe('a run of rounds', () => {
  it('drains once each agent has had them, and ends when no trade is open', async () => {
    const beats = [2, 1];
    let hasOpen = true;
    const rounds = followRounds(
      agentsWith(beats),
      2,
      async () => hasOpen,
      () => undefined,
    );
    rounds.onBeat();
    expect(rounds.isDraining()).toBe(false);
    beats[1] = 2;
    rounds.onBeat();
    expect(rounds.isDraining()).toBe(true);
    beats.fill(3);
    rounds.onBeat();
    expect(await isOver(rounds)).toBe(false);
    hasOpen = false;
    rounds.onBeat();
    expect(await isOver(rounds)).toBe(true);
  });

  it('waits with an open trade until the slowest agent has had the last beats', async () => {
    const beats = [1, 1];
    const rounds = followRounds(
      agentsWith(beats),
      1,
      async () => true,
      () => undefined,
    );
    rounds.onBeat();
    beats[0] = 1 + 5 * MAX_DRAIN_BEATS;
    beats[1] = MAX_DRAIN_BEATS;
    rounds.onBeat();
    expect(await isOver(rounds)).toBe(false);
    beats[1] = 1 + MAX_DRAIN_BEATS;
    rounds.onBeat();
    expect(await isOver(rounds)).toBe(true);
    expect(rounds.drainBeats()).toBe(MAX_DRAIN_BEATS);
  });
});
