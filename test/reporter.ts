import type { Reporter, TestModule } from 'vitest/node';

/** Ends the output with `N passed, N failed`, and treats a skipped test as a failure under CI=true. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        if (state === 'passed') passed += 1;
        else if (state === 'failed') failed += 1;
        else if (process.env['CI'] === 'true') {
          failed += 1;
          process.exitCode = 1;
          console.log(`skipped under CI, counted as failed: ${test.fullName}`);
        } else {
          console.log(`skipped: ${test.fullName}`);
        }
      }
    }
    console.log(`${passed} passed, ${failed} failed`);
  }
}
