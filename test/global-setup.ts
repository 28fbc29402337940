import { execFileSync } from 'node:child_process';

/** End-to-end tests start the compiled command, so the build must be fresh before any of them runs. */
export function setup(): void {
  execFileSync(process.execPath, ['scripts/build.js'], { stdio: 'inherit' });
}
