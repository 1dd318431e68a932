import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { AGENT_FILES, makeTemplate, openPeopleWorld, PEOPLE_FILES, type Step, TRADE } from './people-world.ts';

/** Days are tried in parts, so that a part that fails says so early. */
const PARTS = 8;
const DAYS_MS = 4 * 3_600_000;

const aFile = fc.constantFrom(...AGENT_FILES, ...PEOPLE_FILES, TRADE);
const aPage = fc.constantFrom(...PEOPLE_FILES);
const aCommand: fc.Arbitrary<readonly string[]> = fc.constantFrom(
  ['checkout', '-b', 'x'],
  ['checkout', 'x'],
  ['checkout', 'main'],
  ['checkout', '--detach'],
  ['pull', '--no-rebase', 'origin', 'main'],
  ['pull', '--rebase', 'origin', 'main'],
  ['fetch', 'origin'],
  ['merge', 'origin/main'],
  ['stash'],
  ['stash', '--include-untracked'],
  ['stash', 'pop'],
  ['reset', '--soft', 'HEAD~1'],
  ['reset', '--mixed', 'HEAD~2'],
  ['reset', '--hard', 'HEAD~1'],
  ['reset', '--hard'],
  ['add', '--all'],
  ['commit', '--all', '-m', 'By hand'],
  ['commit', '--amend', '--all', '--no-edit'],
  ['revert', '--no-edit', 'HEAD'],
  ['cherry-pick', 'x'],
  ['merge', 'x'],
  ['rebase', 'main'],
  ['rebase', '--force-rebase', 'HEAD~2'],
  ['merge', '--abort'],
  ['rebase', '--abort'],
);
const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('type' as const), file: aFile }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('set back' as const), file: aPage }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), file: aPage }) },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('git' as const), args: aCommand }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('agent writes' as const),
      file: fc.constantFrom(...AGENT_FILES, TRADE),
      how: fc.constantFrom('append' as const, 'put' as const, 'delete' as const),
    }),
  },
  { weight: 9, arbitrary: fc.record({ do: fc.constantFrom('scan' as const, 'push' as const, 'update' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
);

/** Days that failed once. */
const FAILED_ONCE: readonly (readonly Step[])[] = [
  // Typed after a reset that left the files: what the reset took from main is not typed again.
  [
    { do: 'git', args: ['reset', '--soft', 'HEAD~1'] },
    { do: 'type', file: 'dashboards/Agents.md' },
  ],
  // The same, typed before the files are brought up to date again.
  [{ do: 'git', args: ['reset', '--soft', 'HEAD~2'] }, { do: 'scan' }, { do: 'type', file: 'dashboards/Agents.md' }],
  // What git took away is not deleted, however often it is seen.
  [
    { do: 'git', args: ['reset', '--hard', 'HEAD~1'] },
    { do: 'git', args: ['rm', '--quiet', 'agents/kk-a/state.md'] },
    { do: 'git', args: ['commit', '--quiet', '-m', 'On an older head'] },
    { do: 'scan' },
    { do: 'scan' },
    { do: 'scan' },
  ],
  // All of the history rewritten.
  [
    { do: 'git', args: ['checkout', '--orphan', 'y'] },
    { do: 'git', args: ['commit', '--all', '-m', 'Anew'] },
    { do: 'git', args: ['branch', '--force', 'main', 'y'] },
    { do: 'git', args: ['checkout', 'main'] },
    { do: 'type', file: 'people/ana.md' },
    { do: 'scan' },
  ],
];

/** Tries the days that failed once, and so many random ones, of a person who uses git in the opened folder. */
export function tryPeopleDays(count: number): void {
  let template: { readonly folder: string; readonly remove: () => Promise<void> };
  beforeAll(async () => {
    template = await makeTemplate();
  });
  afterAll(() => template.remove());

  async function live(steps: readonly Step[]): Promise<void> {
    const world = await openPeopleWorld(template.folder);
    try {
      for (const step of steps) await world.take(step);
      await world.finish();
    } finally {
      await world.close();
    }
  }

  it.each(FAILED_ONCE.map((steps) => [steps]))('is in step after %j', (steps) => live(steps));

  describe(`${count} days of what a person does with git in the opened folder, between all that the host does`, () => {
    it.each(Array.from({ length: PARTS }, (_, part) => part + 1))(
      'changes nothing of agents that nobody typed, loses no typed line, and leaves the folder at the head: part %i',
      async () => {
        await fc.assert(fc.asyncProperty(fc.array(aStep, { minLength: 4, maxLength: 14 }), live), {
          numRuns: Math.ceil(count / PARTS),
          verbose: 1,
          endOnFailure: process.env.KK_SHRINK === undefined,
        });
      },
      DAYS_MS,
    );
  });
}
