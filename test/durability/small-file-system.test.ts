import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

// A file system of two megabytes in a mount namespace of its own: needs Linux with user namespaces, or root.
describe.runIf(process.platform === 'linux')('on a small file system', () => {
  test('a full disk refuses calls, and admits again when there is room, with every admitted call counted', () => {
    const output = runMounted('"$0" "$1" "$folder/ledger.db"', 'fill-the-disk.ts');
    const { admitted, trouble, duringTrouble, taken } = JSON.parse(output) as Record<string, unknown>;
    expect(trouble).toBe('disk_full');
    expect(duringTrouble).toMatch(/^(disk_full|io)$/);
    expect(admitted).toBeGreaterThan(10);
    expect(taken).toBe(Number(admitted) + 1);
  });

  test('what is mounted read-only refuses as such, with a ledger in it and without, and admits when it is not', () => {
    const open = (file: string) => `"$0" "$1" "$folder/${file}"`;
    const remount = (mode: string) => `mount -o remount,${mode} "$folder"`;
    const steps = [open('a.db'), remount('ro'), open('a.db'), open('b.db'), remount('rw'), open('a.db')];
    const output = runMounted(steps.join(' && '), 'open-and-admit.ts');
    expect(output.trim().split('\n')).toEqual(['admitted', 'read_only', 'read_only', 'admitted']);
  });
});

/** Runs shell steps in which `$folder` is the file system, `$0` Node and `$1` the program; gives what they print. */
function runMounted(steps: string, program: string): string {
  const script = `folder=$(mktemp -d) && mount -t tmpfs -o size=2m tmpfs "$folder" && ${steps}`;
  const path = fileURLToPath(new URL(`./${program}`, import.meta.url));
  const namespace = ['--user', '--mount', '--map-root-user'];
  return execFileSync('unshare', [...namespace, 'sh', '-c', script, process.execPath, path], { encoding: 'utf8' });
}
