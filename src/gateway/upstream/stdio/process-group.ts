import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Sends a signal to every process of the group that `leader` began; on Windows, which has none, to its tree. */
export function signalGroup(leader: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (process.platform === 'win32') {
    execFile('taskkill', ['/PID', String(leader), '/T', '/F'], () => {});
    return;
  }
  try {
    process.kill(-leader, signal);
  } catch {
    // ESRCH: it is gone, which is what was wanted. EPERM cannot be: it was started by us, or by us as root.
  }
}

/** Waits until no process of a killed group runs any more; at most `msMax`. */
export async function groupIsGone(leader: number, msMax: number): Promise<void> {
  for (let wait = 2, waited = 0; waited < msMax && groupRuns(leader); waited += wait, wait *= 2) await delay(wait);
}

function groupRuns(leader: number): boolean {
  if (process.platform === 'win32') return false;
  try {
    process.kill(-leader, 0);
  } catch {
    return false;
  }
  // What was killed keeps its number until its parent looks, which the first process of a container may never do.
  return process.platform === 'linux' ? hasLivingMember(leader) : true;
}

function hasLivingMember(group: number): boolean {
  return readdirSync('/proc').some((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      // proc(5): `pid (name) state ppid pgrp …`; the name may contain anything, parentheses too.
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ', 3);
      return Number(pgrp) === group && state !== 'Z' && state !== 'X';
    } catch {
      return false;
    }
  });
}
