import { request } from 'undici';
import type { Readiness } from '../control/contracts/health.ts';
import { findRunning, reasonOf, StartProblem } from '../main/data-directory.ts';
import { EXIT, type Register } from './command.ts';
import { readSettings, withDataDirectory } from './settings.ts';

/** `callgate status`: whether a server runs on the data directory, and whether it can do its work. */
export const registerStatus: Register = (program, terminal, finish) => {
  withDataDirectory(program.command('status'))
    .description('say whether the gateway runs and is ready')
    .option('--json', 'print as JSON', false)
    .addHelpText('after', '\nExample:\n  callgate status\n')
    .action(async (options: { json: boolean }) => {
      const { data_dir: dataDirectory } = readSettings(options);
      const running = findRunning(dataDirectory);
      if (running === undefined) {
        terminal.out(options.json ? `${JSON.stringify({ running: false })}\n` : `no server runs on ${dataDirectory}\n`);
        return finish(EXIT.no);
      }
      const answer = await request(`${running.control}/readyz`).catch((error: unknown) => {
        throw new StartProblem(
          `the server (process ${running.pid}) does not answer at ${running.control}: ${reasonOf(error)}`,
        );
      });
      const body = (await answer.body.json()) as Omit<Readiness, 'isReady'>;
      const isReady = answer.statusCode === 200;
      if (options.json)
        terminal.out(
          `${JSON.stringify({ running: true, ready: isReady, ...running, problems: body.problems, warnings: body.warnings })}\n`,
        );
      else {
        terminal.out(
          `${isReady ? 'ready' : 'not ready'}  gateway ${running.gateway}  control ${running.control}  process ${running.pid}\n`,
        );
        for (const text of body.problems) terminal.out(`problem: ${text}\n`);
        for (const text of body.warnings) terminal.out(`warning: ${text}\n`);
      }
      finish(isReady ? EXIT.done : EXIT.no);
    });
};
