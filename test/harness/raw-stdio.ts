/** A server started directly, spoken to line by line: what it says is compared with what arrives through the gateway. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Json } from './raw-http.ts';

export interface StdioCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export class RawStdio {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (message: Json) => void>();
  #lastId = 0;

  constructor({ command, args, env }: StdioCommand) {
    const child = spawn(command, args, {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.startsWith('{')) return;
      const message: Json = JSON.parse(line);
      if (message.method !== undefined) {
        // Nobody is there to answer what a server asks while it is listed.
        if (message.id !== undefined)
          this.#write({ jsonrpc: '2.0', id: message.id, error: { code: -32601, message: 'Method not found' } });
        return;
      }
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    });
  }

  /** The whole answer of a request, result or error. */
  send(method: string, params: Json = {}): Promise<Json> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, resolve);
      this.#child.once('exit', (code) => reject(new Error(`the server ended with code ${code}`)));
      this.#write({ jsonrpc: '2.0', id, method, params });
    });
  }

  async result(method: string, params: Json = {}): Promise<Json> {
    const { result, error } = await this.send(method, params);
    if (result === undefined) throw new Error(`${method} was answered with ${JSON.stringify(error)}`);
    return result;
  }

  notify(method: string): void {
    this.#write({ jsonrpc: '2.0', method });
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  #write(message: Json): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }
}
