import { describe, expect, it } from 'vitest';
import type { Outcome, RunnableFlow } from '../../../lib/core/flow.ts';
import type { VaultWrite } from '../../../lib/core/vault.ts';
import { createServiceBeat, type ServiceParts } from '../../../lib/heartbeat/service-beat.ts';
import { outcomeOf } from '../../support/heartbeat.ts';

const page = (path: string): Outcome => outcomeOf({ what: path, operations: [{ op: 'put', path, text: 'text' }] });

/** A service whose flows do what the test says, with what it wrote and what it said. */
function serviceOf(changes: Partial<ServiceParts<string>>) {
  const writes: VaultWrite[] = [];
  const logged: string[] = [];
  const beat = createServiceBeat({
    author: 'kk-ops',
    vault: { write: async (write) => void writes.push(write) },
    sense: async () => 'seen',
    flows: [],
    subjectOf: (writing) => `Write ${writing.map(({ what }) => what).join(' and ')}`,
    uuid: () => 'id',
    log: (line) => logged.push(line),
    ...changes,
  });
  return { beat, writes, logged };
}

const flowOf = (name: string, perform: (seen: string) => Promise<readonly Outcome[]>): RunnableFlow<string> => ({
  name,
  plan: (seen) => ({ stepCount: 1, wakeAt: undefined, perform: () => perform(seen) }),
});
const broken = async (): Promise<never> => {
  throw new Error('it broke');
};

describe('a beat of a service', () => {
  it('writes what all of its flows write as one commit, and nothing where they write nothing', async () => {
    const flows = [
      flowOf('one', async (seen) => [page(`shared/${seen}.md`), outcomeOf()]),
      flowOf('two', async () => [page('shared/b.md')]),
    ];
    const { beat, writes } = serviceOf({ flows });
    await beat();
    expect(writes).toEqual([
      {
        id: 'id',
        author: 'kk-ops',
        message: 'Write shared/seen.md and shared/b.md',
        operations: [
          { op: 'put', path: 'shared/seen.md', text: 'text' },
          { op: 'put', path: 'shared/b.md', text: 'text' },
        ],
      },
    ]);
    const idle = serviceOf({ flows: [flowOf('idle', async () => [outcomeOf()])] });
    expect((await idle.beat()).outcomes).toHaveLength(1);
    expect(idle.writes).toEqual([]);
  });

  it('records what the other flows did when one fails', async () => {
    const { beat, writes, logged } = serviceOf({
      flows: [flowOf('bad', broken), flowOf('good', async () => [page('a.md')])],
    });
    expect((await beat()).errors).toEqual(['bad: it broke']);
    expect(writes).toHaveLength(1);
    expect(logged).toEqual(['bad: it broke']);
  });

  it('runs no flow when it sees nothing, and never throws, also when it can not write', async () => {
    const acted: string[] = [];
    const flows = [
      flowOf('flow', async () => {
        acted.push('act');
        return [page('a.md')];
      }),
    ];
    const blind = serviceOf({ flows, sense: broken });
    expect(await blind.beat()).toMatchObject({ sensed: undefined, outcomes: [], errors: ['cannot sense: it broke'] });
    expect(acted).toEqual([]);
    const mute = serviceOf({ flows, vault: { write: broken } });
    expect((await mute.beat()).errors).toEqual(['cannot record: it broke']);
  });

  it('tells an error once for as long as it lasts, whatever its figures are', async () => {
    const errors = ['8 s off', '9 s off', undefined, '7 s off'];
    const { beat, logged } = serviceOf({
      sense: async (unseen) => {
        const error = errors.shift();
        if (error !== undefined) unseen.push(error);
        return 'seen';
      },
    });
    for (let beats = 0; beats < 4; beats += 1) await beat();
    expect(logged).toEqual(['8 s off', '7 s off']);
  });
});
