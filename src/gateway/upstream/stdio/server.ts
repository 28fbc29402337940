import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Duplex, Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { err, ok, type Result } from '../../../core/result.ts';
import type { StdioEntry } from './entry.ts';
import type { StdioEnd, StdioEndCause, StdioStartFailure } from './failure.ts';
import { type Launch, planLaunch, type StdioHost } from './launch.ts';
import { lifelineDescriptor } from './lifeline.ts';
import { defaultStdioLimits, type StdioLimits } from './limits.ts';
import { LineSplitter, type LongLine } from './lines.ts';
import { groupIsGone, signalGroup } from './process-group.ts';
import { lastLines, redact, withoutFirstPart } from './redact.ts';
import { TailBuffer } from './tail.ts';

/**
 * One MCP server as a child process: bytes in, bytes out, and an end that is always told. It knows lines, not messages:
 * who may say what is decided above it.
 *
 * Promises: messages go to the server in the order of `send`; lines come up in the order they were written, and none
 * comes up after `ended` has settled. `ended` settles exactly once and never rejects, after every process of the server's
 * group is gone (killed if need be). What the server writes is bounded in every direction (see limits.ts).
 */
export interface StdioServer {
  readonly pid: number;
  /**
   * Sends one message (no line breaks in it). Settles when the operating system has taken it, which is later than the
   * call while the server does not read: wait for it before sending more. A refusal means that nothing was written,
   * except `broken_pipe`, where a part may have been.
   */
  send(message: string): Promise<Result<void, SendFailure>>;
  /** Ends the server: closes its input, then SIGTERM, then SIGKILL to the whole group. Settles as `ended` does. */
  close(cause?: StdioEndCause): Promise<StdioEnd>;
  readonly ended: Promise<StdioEnd>;
  /** What was written to stdout that was no message. */
  readonly noise: Noise;
  /** The last lines of stderr, redacted and printable. */
  stderr(): string;
}

export type SendFailure = 'closed' | 'queue_full' | 'broken_pipe';

export interface Noise {
  readonly lines: number;
  readonly bytes: number;
  /** The first line of it, shortened, redacted and printable. */
  readonly sample: string;
}

export interface StdioServerOptions {
  readonly host: StdioHost;
  /** One line that begins like a JSON object. The bytes belong to the receiver. */
  readonly onMessage: (line: Buffer) => void;
  /** A line over the bound was skipped; it may have been the answer to a request in flight. */
  readonly onLongLine?: (line: LongLine) => void;
  /** Values that must not be logged besides those of `entry.env`, as value → name to print instead. */
  readonly secrets?: ReadonlyMap<string, string>;
  readonly limits?: Partial<StdioLimits>;
}

/** Starts the server of an entry. A failure has started nothing that is still there. */
export async function startStdioServer(
  entry: StdioEntry,
  options: StdioServerOptions,
): Promise<Result<StdioServer, StdioStartFailure>> {
  const marker = randomBytes(16).toString('hex');
  const launch = await planLaunch(entry, options.host, marker);
  if (!launch.ok) return launch;
  const child = spawnChild(launch.value, options.host.platform);
  if (!child.ok) return child;
  const failure = await spawned(child.value);
  if (failure !== undefined) return err(failure);
  const secrets = new Map(options.secrets);
  for (const [name, value] of Object.entries(entry.env ?? {})) secrets.set(value, name);
  return ok(new ChildServer(child.value, { ...defaultStdioLimits, ...options.limits }, options, secrets));
}

function spawnChild(launch: Launch, platform: NodeJS.Platform): Result<ChildProcess, StdioStartFailure> {
  try {
    return ok(
      spawn(launch.file, launch.args, {
        cwd: launch.cwd,
        env: launch.env,
        // Its own session and process group: signals to the gateway's terminal do not reach it, ours reach all of it.
        detached: platform !== 'win32',
        windowsHide: true,
        stdio: platform === 'win32' ? ['pipe', 'pipe', 'pipe'] : ['pipe', 'pipe', 'pipe', 'pipe'],
        ...(launch.account !== undefined && { uid: launch.account.uid, gid: launch.account.gid }),
      }),
    );
  } catch (error) {
    return err(spawnFailure(error as NodeJS.ErrnoException));
  }
}

async function spawned(child: ChildProcess): Promise<StdioStartFailure | undefined> {
  try {
    await once(child, 'spawn');
    return undefined;
  } catch (error) {
    return spawnFailure(error as NodeJS.ErrnoException);
  }
}

function spawnFailure(error: NodeJS.ErrnoException): StdioStartFailure {
  return { kind: 'spawn_failed', message: `the system refused to start the command: ${error.code ?? error.message}` };
}

class ChildServer implements StdioServer {
  readonly pid: number;
  readonly ended: Promise<StdioEnd>;
  readonly #child: ChildProcess;
  readonly #stdin: Writable;
  readonly #stdout: Readable;
  readonly #lifeline: Duplex | undefined;
  readonly #limits: StdioLimits;
  readonly #secrets: ReadonlyMap<string, string>;
  readonly #stderr: TailBuffer;
  readonly #exited: Promise<void>;
  /** Exited, and every pipe read to its end. */
  readonly #closed: Promise<void>;
  #killed: Promise<void> | undefined;
  readonly #noise = { lines: 0, bytes: 0, first: '' };
  /** Noise since the last message. */
  #noiseRun = 0;
  /** The first reason to end it wins; without one, the exit code tells. */
  #cause: StdioEndCause | undefined;
  #isGone = false;
  #startTimer: NodeJS.Timeout | undefined;
  #hasSpoken = false;

  constructor(
    child: ChildProcess,
    limits: StdioLimits,
    options: StdioServerOptions,
    secrets: ReadonlyMap<string, string>,
  ) {
    const [stdin, stdout, stderr] = child.stdio;
    // `spawn` was given pipes for all three, and the child was spawned: both are there.
    if (stdin === null || stdout === null || stderr === null || child.pid === undefined) {
      throw new Error('a spawned child has no pipes');
    }
    this.pid = child.pid;
    this.#child = child;
    this.#stdin = stdin;
    this.#stdout = stdout;
    // A pipe made by `spawn` beyond the first three is a socket, readable and writable.
    this.#lifeline = (child.stdio[lifelineDescriptor] ?? undefined) as Duplex | undefined;
    this.#limits = limits;
    this.#secrets = secrets;
    this.#stderr = new TailBuffer(limits.stderrBytesMax);
    this.#exited = new Promise((resolve) => void child.once('exit', () => resolve()));
    this.#closed = new Promise((resolve) => void child.once('close', () => resolve()));
    // After the start, `error` only says that a signal could not be sent.
    child.on('error', () => {});

    const lines = new LineSplitter(limits.lineBytesMax, {
      onLine: (line) => {
        if (looksLikeObject(line)) {
          this.#hasSpoken = true;
          this.#noiseRun = 0;
          clearTimeout(this.#startTimer);
          options.onMessage(line);
        } else if (line.length > 0) {
          this.#noteNoise(1, line.length + 1, line);
        }
      },
      onSkipped: (bytes) => this.#noteNoise(0, bytes),
      onLongLine: (line) => {
        this.#noteNoise(1, 0, line.head);
        options.onLongLine?.(line);
      },
    });
    stdout.on('data', (chunk: Buffer) => lines.push(chunk));
    stdout.once('end', () => {
      if (lines.unfinishedBytes > 0) this.#noteNoise(1, lines.unfinishedBytes);
      this.#endUnlessExited('stdout_closed');
    });
    stderr.on('data', (chunk: Buffer) => this.#stderr.push(chunk));
    stdin.on('error', () => this.#endUnlessExited('stdin_closed'));
    // A reset pipe is the end of the pipe; what it means is told by the exit.
    for (const stream of [stdout, stderr, this.#lifeline]) stream?.on('error', () => {});
    this.#lifeline?.resume();
    this.#lifeline?.once('close', () => this.#endUnlessExited('lifeline_lost'));
    this.ended = this.#untilGone();
  }

  get noise(): Noise {
    const { lines, bytes, first } = this.#noise;
    return { lines, bytes, sample: redact(first, this.#secrets).slice(0, 200) };
  }

  stderr(): string {
    const text = this.#stderr.text();
    const whole = this.#stderr.isCut ? withoutFirstPart(text, this.#secrets) : text;
    return lastLines(redact(whole, this.#secrets), 20, 4_000);
  }

  async send(message: string): Promise<Result<void, SendFailure>> {
    if (message.includes('\n')) throw new Error('a message on stdio is one line');
    if (this.#cause !== undefined || this.#isGone || !this.#stdin.writable) return err('closed');
    if (this.#stdin.writableLength + Buffer.byteLength(message) > this.#limits.sendQueueBytesMax) {
      return err('queue_full');
    }
    if (!this.#hasSpoken) {
      this.#startTimer ??= setTimeout(() => void this.#end('start_timeout', 'now'), this.#limits.startTimeoutMs);
    }
    return await new Promise((resolve) => {
      this.#stdin.write(`${message}\n`, (error) => resolve(error ? err('broken_pipe') : ok(undefined)));
    });
  }

  async close(cause: StdioEndCause = 'closed'): Promise<StdioEnd> {
    void this.#end(cause, 'gracefully');
    return await this.ended;
  }

  #noteNoise(lines: number, bytes: number, text?: Buffer): void {
    this.#noise.lines += lines;
    this.#noise.bytes += bytes;
    this.#noiseRun += bytes;
    if (this.#noise.first === '' && text !== undefined) this.#noise.first = text.toString('utf8', 0, 1_000);
    if (this.#noiseRun > this.#limits.noiseBytesMax) void this.#end('noise', 'now');
  }

  /** The end of a pipe while the server runs on is a reason to end it; as a part of its exit it is not. */
  #endUnlessExited(cause: StdioEndCause): void {
    // An exit closes the pipes too, and may be told after them; it is given a moment to be told first.
    setTimeout(() => void this.#end(cause, 'now'), exitNoticeMs);
  }

  async #end(cause: StdioEndCause, how: 'gracefully' | 'now'): Promise<void> {
    if (this.#cause !== undefined || this.#isGone) return;
    this.#cause = cause;
    this.#stdin.end();
    if (how === 'gracefully') {
      if (await settlesWithin(this.#exited, this.#limits.closeGraceMs)) return;
      signalGroup(this.pid, 'SIGTERM');
      if (await settlesWithin(this.#exited, this.#limits.termGraceMs)) return;
    }
    await this.#killGroup();
  }

  async #untilGone(): Promise<StdioEnd> {
    await this.#exited;
    this.#isGone = true;
    clearTimeout(this.#startTimer);
    // The server is gone; what it left running is not wanted any more.
    await this.#killGroup();
    await settlesWithin(this.#closed, drainMs);
    this.#stdout.destroy();
    return this.#describeEnd();
  }

  #killGroup(): Promise<void> {
    this.#killed ??= this.#killGroupOnce();
    return this.#killed;
  }

  /** Lets the guard kill everything, and does it itself only where the guard cannot: later, the number may be another's. */
  async #killGroupOnce(): Promise<void> {
    const lifeline = this.#lifeline;
    const isGuarded = lifeline !== undefined && !lifeline.closed;
    if (isGuarded) lifeline.end();
    if (!isGuarded || !(await settlesWithin(once(lifeline, 'close'), guardMs))) signalGroup(this.pid, 'SIGKILL');
    // Killed processes are gone a little later; `ended` promises that they are.
    await groupIsGone(this.pid, goneMs);
  }

  #describeEnd(): StdioEnd {
    const { exitCode, signalCode: signal } = this.#child;
    const cause = this.#cause ?? (exitCode === 0 ? 'exited' : 'crashed');
    const stderr = this.stderr();
    const how = signal === null ? `exited with code ${exitCode}` : `was ended by ${signal}`;
    const lastWords = lastLines(stderr, 1, 300);
    const message =
      cause === 'exited' || cause === 'crashed'
        ? `the server ${how}${lastWords === '' ? '' : `; its last line on stderr: ${lastWords}`}`
        : sentences[cause];
    return { cause, exitCode, signal, message, stderr };
  }
}

const sentences: Readonly<Record<Exclude<StdioEndCause, 'exited' | 'crashed'>, string>> = {
  closed: 'the gateway closed the server',
  idle: 'the gateway closed the server because it was idle',
  lifetime: 'the gateway closed the server because it reached its lifetime',
  start_timeout: 'the server did not answer its first message in time',
  stdin_closed: 'the server closed its standard input',
  stdout_closed: 'the server closed its standard output',
  noise: 'the server wrote too much to its standard output that was no message',
  lifeline_lost: 'the process that guards the server was killed',
};

// An exit that closed the pipes is told by then; a server that only closed a pipe is noticed this much later.
const exitNoticeMs = 100;
// Answers written just before the exit are still in the pipe. It ends with the group; a descendant elsewhere may hold it.
const drainMs = 1_000;
// A sweep of /proc takes milliseconds for each hundred processes.
const guardMs = 2_000;
// A killed process that hangs in a system call dies when the call returns; the end is not put off for longer.
const goneMs = 500;

const brace = 0x7b;

/** True when the first byte that is not white space opens an object: every JSON-RPC message does. */
function looksLikeObject(line: Buffer): boolean {
  let at = 0;
  while (line[at] === 0x20 || line[at] === 0x09) at += 1;
  return line[at] === brace;
}

/** Whether the promise settles within the time; the timer does not outlive it. */
async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const isFirst = await Promise.race([
    promise.then(() => true),
    delay(ms, false, { signal: timer.signal }).catch(() => false),
  ]);
  timer.abort();
  return isFirst;
}
