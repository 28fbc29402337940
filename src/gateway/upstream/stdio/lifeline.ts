import { childMarker } from './environment.ts';

/**
 * No child outlives the gateway, not even when the gateway is killed with SIGKILL and can do nothing any more.
 *
 * Each server is started through a few fixed lines of `sh`, which fork a guard and then become the server (`exec`, so
 * that the process the gateway knows is the server itself). The guard waits for the end of a pipe whose other end only
 * the gateway holds. That end closes when the gateway lets go of the server, and the kernel closes it when the gateway
 * dies, however it dies. The guard then kills what carries the server's marker in its environment (Linux, where /proc
 * tells; browsers started by servers leave the process group, for instance), and last the whole process group, itself
 * included.
 *
 * Why so: `prctl(PR_SET_PDEATHSIG)` cannot be called from Node, does not exist on macOS, and reaches no grandchildren;
 * one watcher for the whole gateway would leave a moment between start and registration; the guard is there before the
 * first instruction of the server. As a member of the group it also keeps the group's number from being given to
 * another program, so that the gateway may signal the group at any time. It ignores the polite signals, which go to
 * the whole group when a server is asked to end. Measured on Linux with dash (`bench/stdio.ts`): 1 ms more until the
 * server's first byte, 160 to 260 KB of memory for each server (110 KB of it private), 3 ms to clean up after it.
 *
 * The command and its arguments are positional parameters of a constant script: no shell ever parses them.
 *
 * What it does not stop: a server that means harm can run as the same account kill its guard (the gateway then kills
 * the server, as long as the gateway lives), or leave the group and clear its environment. The sandbox stops both.
 */
export function guarded(file: string, args: readonly string[], marker: string): { file: string; args: string[] } {
  return { file: '/bin/sh', args: ['-c', script, 'callgate-child', marker, file, ...args] };
}

/** The descriptor of the guard's pipe, counted as in `stdio` of `spawn`. */
export const lifelineDescriptor = 3;

// The guard is forked twice, so that the server has no child that it did not start.
// 20 passes: a descendant may fork while the list is read; what survives 20 is not to be had by a list.
const script = `
marker=$1
shift
trap '' HUP INT QUIT TERM
( (
  unset IFS
  PATH=/usr/bin:/bin
  read -r _
  passes=0
  while [ "$passes" -lt 20 ]; do
    passes=$((passes + 1))
    found=
    for file in $(grep -lF -- "${childMarker}=$marker" /proc/[0-9]*/environ); do
      pid=\${file#/proc/}
      kill -s KILL "\${pid%/environ}" && found=1
    done
    [ -n "$found" ] || break
  done
  kill -s KILL -- "-$$"
) <&${lifelineDescriptor} >/dev/null 2>&1 ${lifelineDescriptor}<&- & )
trap - HUP INT QUIT TERM
export ${childMarker}="$marker"
exec "$@" ${lifelineDescriptor}<&-
`;
