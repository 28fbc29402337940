import { once } from 'node:events';
import process from 'node:process';
import { serve } from '../main/serve.ts';
import { EXIT, type Register } from './command.ts';
import { exampleStack, printWelcome } from './example.ts';
import { fromCaller, readSettings, withDataDirectory } from './settings.ts';
import { readStackRequest } from './stack-request.ts';
import { version } from './version.ts';

/** `callgate serve`: the gateway and its control plane, until a signal ends it. */
export const registerServe: Register = (program, terminal, finish) => {
  withDataDirectory(program.command('serve'))
    .description('run the gateway and its control plane')
    .option('--apply <stack.yaml>', 'apply a file first')
    .option('--example', 'apply the example: a real file server with a policy, and a grant to try it with', false)
    .option('--listen <host:port>', 'address of the data plane (default 127.0.0.1:8787)')
    .option('--control-listen <host:port>', 'address of the control plane (default 127.0.0.1:8788)')
    .option('--durability <process|power>', 'what a recorded decision survives')
    .option('--public-url <url>', 'how clients reach the gateway from outside')
    .option('--tls-cert <file>', 'certificate (PEM)')
    .option('--tls-key <file>', 'key (PEM)')
    .option('--behind-proxy <addresses>', 'reverse proxies that terminate TLS in front of the gateway')
    .option('--log-level <level>', 'debug, info, warn, error or silent')
    .addHelpText('after', '\nExample:\n  callgate serve --apply stack.yaml\n')
    .action(async (options: { apply?: string; example: boolean }) => {
      const settings = readSettings(options);
      const example = options.example ? exampleStack(settings.data_dir) : undefined;
      const apply =
        options.apply === undefined
          ? example?.request
          : readStackRequest(fromCaller(options.apply), { prune: false, dryRun: false });
      // Listened for before anything is started: a signal during the start ends in order too.
      const stopped = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
      const instance = await serve(settings, version(), apply);
      if (example !== undefined) printWelcome(terminal, instance, example.token);
      else
        terminal.out(
          `gateway ${instance.gatewayUrl}\ncontrol ${instance.controlUrl}\ndata    ${instance.dataDirectory}\n`,
        );
      await stopped;
      await instance.stop();
      finish(EXIT.done);
    });
};
