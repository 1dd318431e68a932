import { defineConfig } from 'vitest/config';

const kind = (name: string, timeoutMs: number, fileParallelism = true) => ({
  test: {
    name,
    fileParallelism,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    setupFiles: ['test/support/isolate.ts'],
  },
});

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      kind('unit', 60_000),
      kind('integration', 120_000),
      kind('contracts', 120_000),
      // One swarm at a time: each is as busy as two cores allow.
      kind('e2e', 900_000, false),
      // Run by npm run test:containers, which starts what they need; skipped without that.
      kind('containers', 1_800_000, false),
    ],
  },
});
