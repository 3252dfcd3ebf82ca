import { defineConfig } from 'vitest/config';

// Two copies of graphql would otherwise be loaded side by side.
const resolve = { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] };

export default defineConfig({
  resolve,
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', './test/support/summary-reporter.ts'],
    maxWorkers: 2,
    // A shared machine may stall for seconds; what fails twice in a row fails the run. Retries are shown.
    retry: process.env.CI === 'true' ? 1 : 0,
    projects: [
      {
        extends: true,
        resolve,
        test: {
          name: 'unit',
          include: ['{api,bot,lib,prisma,web}/**/*.test.{ts,tsx}', 'test/{deploy,lib,rules,support}/**/*.test.ts'],
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        resolve,
        test: {
          name: 'e2e',
          include: ['test/{e2e,crash}/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
