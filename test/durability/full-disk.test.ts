import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('./fill-the-disk.ts', import.meta.url));

// A file system of two megabytes in a mount namespace of its own: needs Linux with user namespaces, or root.
const inSmallFileSystem =
  'folder=$(mktemp -d) && mount -t tmpfs -o size=2m tmpfs "$folder" && exec "$0" "$1" "$folder/ledger.db"';

test.runIf(process.platform === 'linux')(
  'a full disk refuses calls, and admits again when there is room, with every admitted call counted',
  () => {
    const output = execFileSync(
      'unshare',
      ['--user', '--mount', '--map-root-user', 'sh', '-c', inSmallFileSystem, process.execPath, program],
      { encoding: 'utf8' },
    );
    const { admitted, trouble, duringTrouble, taken } = JSON.parse(output) as Record<string, unknown>;
    expect(trouble).toBe('disk_full');
    expect(duringTrouble).toMatch(/^(disk_full|io)$/);
    expect(admitted).toBeGreaterThan(10);
    expect(taken).toBe(Number(admitted) + 1);
  },
);
