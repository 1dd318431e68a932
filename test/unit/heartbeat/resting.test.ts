import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentStateKind, agentStatePath } from '../../../lib/core/agent-state.ts';
import { MAX_HEARTBEAT_AGE_SECONDS, REST_RENEWAL_SECONDS } from '../../../lib/core/heartbeat-age.ts';
import type { VaultWrite } from '../../../lib/core/vault.ts';
import { probeAgents } from '../../../lib/health/probe-agents.ts';
import { logPath } from '../../../lib/heartbeat/log-page.ts';
import { createRestBook } from '../../../lib/heartbeat/rest-book.ts';
import { flowOf, heartInMemory, outcomeOf } from '../../support/heartbeat.ts';
import { NOW } from '../../support/snapshot.ts';

const STATE = agentStatePath('kk-me');
/** How long a push may take of the time that a heartbeat has. */
const PUSH_SECONDS = 30;

describe('an agent that rests', () => {
  it('writes no log line, and its state every five minutes at most and before it is ten minutes old', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 60 }), async (gaps) => {
        const world = heartInMemory();
        const written: number[] = [];
        let now = NOW;
        let shownAt = NOW;
        for (const gap of [0, ...gaps]) {
          world.pass(gap);
          now += gap;
          expect(now - shownAt).toBeLessThanOrEqual(MAX_HEARTBEAT_AGE_SECONDS);
          const before = world.vault.files.get(STATE);
          await world.heart.beat();
          await world.flush();
          if (world.vault.files.get(STATE) === before) continue;
          written.push(now);
          shownAt = now;
        }
        for (const [at, time] of written.entries()) {
          const past = written[at - 1];
          const gap = gaps[at - 1] ?? 0;
          // An agent that beats rarely has no other beat to write it at.
          if (past !== undefined && Math.max(...gaps) <= 120)
            expect(time - past, `${gap}`).toBeGreaterThanOrEqual(REST_RENEWAL_SECONDS);
        }
        expect([...world.vault.files.keys()].filter((path) => path.includes('/log/'))).toEqual([]);
        expect(world.vault.index().note(agentStateKind, STATE)?.data.beats).toBeLessThanOrEqual(gaps.length + 1);
      }),
      { numRuns: 30 },
    );
  });

  it('counts the beats that it doesn’t record', async () => {
    const world = heartInMemory();
    for (let beat = 0; beat < 9; beat += 1) await world.heart.beat();
    world.pass(REST_RENEWAL_SECONDS);
    await world.heart.beat();
    await world.flush();
    expect(world.vault.index().note(agentStateKind, STATE)?.data.beats).toBe(10);
  });

  it('logs what it does, and shows that it rests again', async () => {
    let isBusy = false;
    const flows = [flowOf('now and then', async () => (isBusy ? [outcomeOf()] : []))];
    const world = heartInMemory({ flows });
    await world.heart.beat();
    isBusy = true;
    await world.heart.beat();
    expect(world.vault.files.get(logPath('kk-me', NOW))).toContain('did it');
    expect(world.vault.index().note(agentStateKind, STATE)?.data.status).toBe('working');
    isBusy = false;
    await world.heart.beat();
    await world.flush();
    expect(world.vault.index().note(agentStateKind, STATE)?.data.status).toBe('resting');
    expect(world.writes.at(-1)?.author).toBe('kk-me');
  });

  it('tells an error that stays once', async () => {
    let block = 7;
    const flows = [flowOf('broken', async () => Promise.reject(new Error(`no block ${block++}`)))];
    const world = heartInMemory({ flows });
    for (let beat = 0; beat < 20; beat += 1) await world.heart.beat();
    await world.flush();
    expect(world.vault.files.get(logPath('kk-me', NOW))?.match(/failed: /g)).toHaveLength(1);
    expect(world.vault.index().note(agentStateKind, STATE)?.data.status).toBe('degraded');
    expect(world.writes.length).toBeLessThanOrEqual(2);
  });

  it('is not called silent for it', () => {
    const { silentAfterSeconds } = probeAgents(heartInMemory().vault.index(), [], 5);
    expect(silentAfterSeconds).toBeGreaterThanOrEqual(REST_RENEWAL_SECONDS + 120 + 120 + PUSH_SECONDS);
    expect(silentAfterSeconds).toBe(MAX_HEARTBEAT_AGE_SECONDS);
  });
});

describe('resting agents of one host', () => {
  function book() {
    const writes: VaultWrite[] = [];
    let number = 0;
    const rests = createRestBook({
      vault: { write: async (write) => void writes.push(write) },
      uuid: () => `${number++}`,
      onError: (error) => {
        throw error;
      },
    });
    return { rests, writes };
  }
  const put = (agent: string, text: string) => [{ op: 'put' as const, path: agentStatePath(agent), text }];

  it('share one commit, each with its newest record', async () => {
    const { rests, writes } = book();
    const agents = Array.from({ length: 24 }, (_, at) => `kk-a${String(at).padStart(2, '0')}`);
    for (const text of ['old', 'new']) for (const agent of agents) rests.hold(agent, put(agent, text), 120);
    await rests.flush();
    expect(writes).toHaveLength(1);
    const [write] = writes;
    expect([write?.author, ...(write?.coAuthors ?? [])]).toEqual(agents);
    expect(write?.operations).toEqual(agents.flatMap((agent) => put(agent, 'new')));
  });

  it('never come after what one of them recorded later', async () => {
    const { rests, writes } = book();
    rests.hold('kk-a', put('kk-a', 'resting'), 120);
    rests.hold('kk-b', put('kk-b', 'resting'), 120);
    rests.drop('kk-a');
    await rests.flush();
    expect(writes.map(({ author, coAuthors }) => [author, coAuthors])).toEqual([['kk-b', []]]);
  });
});
