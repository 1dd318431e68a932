import { describe, expect, it } from 'vitest';
import { SwarmError } from '../../../lib/core/errors.ts';
import { type Flow, failedOutcome, type Next, runnable } from '../../../lib/core/flow.ts';
import type { Intent } from '../../../lib/core/intent.ts';
import { id32, snapshotOf } from '../../support/snapshot.ts';

/** A flow over ready answers that reports the steps it was given. */
function flowOver(answers: readonly Next<string>[]): Flow<Next<string>, string> {
  return {
    name: 'test',
    read: () => answers,
    next: (view) => view,
    begin: (intent) => (intent.type === 'withdraw' ? { step: 'withdraw', reason: intent.reason } : undefined),
    perform: async (steps) =>
      steps.map(({ step, reason }) => ({ flow: 'test', what: step, reason, operations: [], announcements: [] })),
  };
}

const wait = (until: number | undefined): Next<string> => ({ type: 'wait', until, reason: '' });
const step = (name: string): Next<string> => ({ type: 'step', step: name, reason: 'so' });

describe('a flow', () => {
  it('performs what its views ask for, then what the policy began', async () => {
    const intents: readonly Intent[] = [
      { type: 'withdraw', offer: id32(1), reason: 'old' },
      { type: 'request', offer: id32(1), seller: 'kk-a', reason: 'not this flow’s' },
    ];
    const plan = runnable(flowOver([step('one'), { type: 'done' }, wait(9), step('two')])).plan(snapshotOf(), intents);
    expect(plan.stepCount).toBe(3);
    expect((await plan.perform()).map(({ what }) => what)).toEqual(['one', 'two', 'withdraw']);
  });

  it('asks to be woken at the earliest time of its waits', () => {
    const wakeAt = (...untils: readonly (number | undefined)[]) =>
      runnable(flowOver(untils.map(wait))).plan(snapshotOf(), []).wakeAt;
    expect(wakeAt(30, undefined, 7, 20)).toBe(7);
    expect(wakeAt(undefined)).toBeUndefined();
  });

  it('tells of an error with what to do about it', () => {
    const error = new SwarmError({ code: 'test/no', disposition: 'stop', message: 'No', next: 'Ask.' });
    expect(failedOutcome('test', 'try', error)).toMatchObject({
      operations: [],
      failure: { message: 'No (test/no). Ask.', disposition: 'stop' },
    });
  });
});
