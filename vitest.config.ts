import { defineConfig } from 'vitest/config';

// CALLGATE_LONG_TESTS=1 (set by .ci/run) adds the suites that take minutes.
const longOnly = process.env['CALLGATE_LONG_TESTS'] === '1' ? [] : ['test/long/**'];

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**', ...longOnly],
    reporters: ['default', './test/reporter.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    globalSetup: ['./test/global-setup.ts'],
  },
});
