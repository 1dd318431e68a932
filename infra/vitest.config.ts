import { defineConfig } from 'vitest/config';

// Apart from the root's projects, so that `npm test` needs none of infra's packages. The root folder stays the repository's.
export default defineConfig({
  test: {
    name: 'infra',
    maxWorkers: 2,
    include: ['test/infra/**/*.test.ts'],
    testTimeout: 900_000,
    hookTimeout: 900_000,
    setupFiles: ['test/support/isolate.ts'],
  },
});
