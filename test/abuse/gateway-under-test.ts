/** The real gateway, as an operator starts it: the compiled command in a process of its own, on a data directory of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const START_MS = 30_000;

export interface GatewayOptions {
  /** Content of `stack.yaml`, as data. */
  readonly stack: unknown;
  /** Settings of `callgate.yaml`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** A data directory to start on instead of a new one. It is left in place. */
  readonly dataDirectory?: string;
  /** Starts the command through another one (`prlimit`, `unshare`). */
  readonly through?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface ControlAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Host, port and scheme of a listener. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export class GatewayUnderTest {
  readonly data: Address;
  readonly dataDirectory: string;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;
  readonly #control: Address;
  readonly #isOwnDirectory: boolean;
  readonly #agent = new Agent({ connections: 4 });
  readonly #output: { text: string };

  private constructor(parts: {
    child: ChildProcess;
    exited: Promise<number | null>;
    data: Address;
    control: Address;
    dataDirectory: string;
    isOwnDirectory: boolean;
    output: { text: string };
  }) {
    this.#child = parts.child;
    this.#exited = parts.exited;
    this.data = parts.data;
    this.#control = parts.control;
    this.dataDirectory = parts.dataDirectory;
    this.#isOwnDirectory = parts.isOwnDirectory;
    this.#output = parts.output;
    this.pid = parts.child.pid as number;
  }

  /** Starts it and waits until it accepts connections. Rejects with what it printed when it ends before that. */
  static async start(options: GatewayOptions): Promise<GatewayUnderTest> {
    const dataDirectory = options.dataDirectory ?? mkdtempSync(join(tmpdir(), 'callgate-abuse-'));
    const stackFile = join(dataDirectory, 'stack.yaml');
    const settingsFile = join(dataDirectory, 'callgate.yaml');
    // JSON is YAML.
    writeFileSync(stackFile, JSON.stringify(options.stack));
    writeFileSync(settingsFile, JSON.stringify(options.settings ?? {}));
    const files = ['--apply', stackFile, '--config', settingsFile, '--data-dir', join(dataDirectory, 'data')];
    const listeners = ['--listen', '127.0.0.1:0', '--control-listen', '127.0.0.1:0'];
    const serve = [join(ROOT, 'bin/callgate.js'), 'serve', ...files, ...listeners, '--log-level', 'warn'];
    const [command, ...args] = [...(options.through ?? []), process.execPath, ...serve];
    const child = spawn(command ?? process.execPath, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.environment },
    });
    const output = { text: '' };
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const addresses = await new Promise<{ data: Address; control: Address }>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the gateway did not start:\n${output.text}`)), START_MS);
      const look = (chunk: Buffer): void => {
        output.text = (output.text + chunk.toString()).slice(-1_000_000);
        const [, dataPort] = /^gateway http:\/\/127\.0\.0\.1:(\d+)$/m.exec(output.text) ?? [];
        const [, controlPort] = /^control http:\/\/127\.0\.0\.1:(\d+)$/m.exec(output.text) ?? [];
        if (dataPort === undefined || controlPort === undefined) return;
        clearTimeout(timer);
        resolve({
          data: { host: '127.0.0.1', port: Number(dataPort) },
          control: { host: '127.0.0.1', port: Number(controlPort) },
        });
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      void exited.then((code) => reject(new Error(`the gateway ended with code ${code}:\n${output.text}`)));
    });
    return new GatewayUnderTest({
      child,
      exited,
      ...addresses,
      dataDirectory,
      isOwnDirectory: options.dataDirectory === undefined,
      output,
    });
  }

  get ledgerFile(): string {
    return join(this.dataDirectory, 'data', 'ledger.db');
  }

  get keyFolder(): string {
    return join(this.dataDirectory, 'data');
  }

  get operatorKey(): string {
    return readFileSync(join(this.dataDirectory, 'data', 'operator.key'), 'utf8').trim();
  }

  /** Everything it printed, the newest megabyte. */
  get printed(): string {
    return this.#output.text;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Asks the control plane, with the operator key unless a header says otherwise. */
  async control(method: 'GET' | 'POST', path: string, body?: string): Promise<ControlAnswer> {
    const answer = await request(`http://${this.#control.host}:${this.#control.port}${path}`, {
      method,
      dispatcher: this.#agent,
      headers: {
        authorization: `Bearer ${this.operatorKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body ?? null,
    });
    const text = await answer.body.text();
    try {
      return { status: answer.statusCode, body: JSON.parse(text) as unknown };
    } catch {
      return { status: answer.statusCode, body: text };
    }
  }

  /** Messages refused before a grant was known, so far. */
  async earlyRefusals(): Promise<number> {
    const { body } = await this.control('GET', '/metrics');
    const lines = String(body).matchAll(/^callgate_refused_before_grant_total\{[^}]*\} (\d+)$/gm);
    return [...lines].reduce((sum, line) => sum + Number(line[1]), 0);
  }

  /** Resident memory in bytes; undefined where the system does not say. */
  memoryBytes(): number | undefined {
    try {
      const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8')) ?? [];
      return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
    } catch {
      return undefined;
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves with the exit code. */
  get exited(): Promise<number | null> {
    return this.#exited;
  }

  async stop(): Promise<void> {
    await this.#agent.close();
    if (this.isRunning) this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 15_000);
    await this.#exited;
    clearTimeout(timer);
    if (this.#isOwnDirectory) rmSync(this.dataDirectory, { recursive: true, force: true });
  }
}
