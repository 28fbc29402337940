/** Talks to the control plane of the server that runs on a data directory, with its operator key. */
import { request } from 'undici';
import { findRunning, openDataDirectory, reasonOf, StartProblem } from '../main/data-directory.ts';

export interface ControlClient {
  readonly url: string;
  /** The JSON body of a successful answer; throws `StartProblem` with the server's own words otherwise. */
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>;
}

/** Undefined when no server runs on the data directory. */
export function findControl(dataDirectory: string): ControlClient | undefined {
  const running = findRunning(dataDirectory);
  if (running === undefined) return undefined;
  const { operatorKey } = openDataDirectory(dataDirectory);
  return {
    url: running.control,
    async call(method, path, body) {
      const answer = await request(`${running.control}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${operatorKey}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? null : JSON.stringify(body),
      }).catch((error: unknown) => {
        throw new StartProblem(`the server at ${running.control} does not answer: ${reasonOf(error)}`);
      });
      const text = await answer.body.text();
      if (answer.statusCode >= 200 && answer.statusCode < 300) return JSON.parse(text) as unknown;
      throw new StartProblem(problemText(text, answer.statusCode));
    },
  };
}

/** The control client, or the sentence that a server has to run. */
export function needControl(dataDirectory: string): ControlClient {
  const control = findControl(dataDirectory);
  if (control === undefined)
    throw new StartProblem(`no server runs on ${dataDirectory}; start one with \`callgate serve\``);
  return control;
}

function problemText(text: string, status: number): string {
  try {
    const problem = JSON.parse(text) as { detail?: string; errors?: { text: string }[] };
    return [
      problem.detail ?? `HTTP status ${status}`,
      ...(problem.errors ?? []).map((error) => `  ${error.text}`),
    ].join('\n');
  } catch {
    return `the server answered with HTTP status ${status}`;
  }
}
