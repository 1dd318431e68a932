import { defineConfig } from 'vitest/config';
import { longestFirst } from '../test/support/longest-first.ts';

/** The files that take longest, which begin first; the others fit beside them. */
const LONGEST = ['boot/boot.test.ts', 'deploy.test.ts', 'launcher.test.ts', 'roll.test.ts', 'ops-fleet.test.ts'];

// Apart from the root's projects, so that `npm test` needs none of infra's packages. The root folder stays the repository's.
export default defineConfig({
  test: {
    name: 'infra',
    // One more than cores: machines that boot wait most of their time.
    maxWorkers: 3,
    sequence: { sequencer: longestFirst(LONGEST) },
    include: ['test/{fleet,infra}/**/*.test.ts'],
    globalSetup: ['test/support/shared-services.ts'],
    testTimeout: 900_000,
    hookTimeout: 900_000,
    setupFiles: ['test/support/isolate.ts'],
  },
});
