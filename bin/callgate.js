#!/usr/bin/env node
// Plain JavaScript that old Nodes can read, so that a wrong version is told in one line and not by a stack trace.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  console.error(
    `callgate needs Node 24.15 or newer, this is ${process.version} (${process.execPath}). ` +
      'From a checkout, `npm ci` brings the right one: run `npm run -s callgate -- <arguments>`.',
  );
  process.exit(3);
}
const { run } = await import('../dist/cli/main.js');
process.exitCode = await run(process.argv.slice(2));
