import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { longestFirst } from './test/support/longest-first.ts';

/** The files that take longest; the others run beside them. */
const LONGEST = [
  'vault-people-git.test.ts',
  'vault-growth.test.ts',
  'economy.test.ts',
  'products-ubuntu.test.ts',
  'ops-keys.test.ts',
  'vault-people.test.ts',
  'ops-keys-others.test.ts',
  'vault-writer.test.ts',
  'hub-hostile.test.ts',
];

/** What a kind of test needs that differs from kind to kind. */
interface Kind {
  readonly timeoutMs: number;
  /** Whether each file gets modules of its own. What keeps no state in modules does without: loading them takes longer than the tests. */
  readonly isolate?: boolean;
  /** Kinds with a higher number wait for those with a lower one. */
  readonly order?: number;
  /** Whether its files run one after another. */
  readonly oneByOne?: boolean;
}

const kind = (
  name: string,
  { timeoutMs, isolate = true, order = 0, oneByOne = false }: Kind,
): TestProjectConfiguration => ({
  test: {
    name,
    isolate,
    fileParallelism: !oneByOne,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    setupFiles: ['test/support/isolate.ts'],
    sequence: { groupOrder: order },
  },
});

export default defineConfig({
  test: {
    // One more than cores: half of their time tests wait for git, for chains and for each other.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: longestFirst(LONGEST) },
    globalSetup: ['test/support/shared-services.ts'],
    projects: [
      kind('unit', { timeoutMs: 60_000, isolate: false }),
      kind('contracts', { timeoutMs: 120_000 }),
      kind('integration', { timeoutMs: 240_000 }),
      kind('economy', { timeoutMs: 900_000 }),
      kind('e2e', { timeoutMs: 900_000, order: 2, oneByOne: true }),
      kind('services', { timeoutMs: 240_000 }),
      kind('soak', { timeoutMs: 7_200_000, order: 3, oneByOne: true }),
      // Run by npm run test:containers, which starts what they need; skipped without that.
      kind('containers', { timeoutMs: 1_800_000, order: 4, oneByOne: true }),
    ],
  },
});
