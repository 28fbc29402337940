import type { ApplyResponse } from '../control/contracts/apply.ts';
import { applyOffline } from '../main/apply.ts';
import { EXIT, type Register, type Terminal } from './command.ts';
import { findControl } from './control-client.ts';
import { fromCaller, readSettings, withDataDirectory } from './settings.ts';
import { readStackRequest } from './stack-request.ts';

/** `callgate apply`: makes servers, policies and grants equal to a file; through the running server, or directly. */
export const registerApply: Register = (program, terminal, finish) => {
  withDataDirectory(program.command('apply'))
    .description('make servers, policies and grants equal to a file')
    .requiredOption('-f, --file <stack.yaml>', 'the file')
    .option('--dry-run', 'say what would change, and change nothing', false)
    .option('--prune', 'remove what the file does not name', false)
    .option('--json', 'print the answer as JSON', false)
    .addHelpText('after', '\nExample:\n  callgate apply -f stack.yaml --dry-run\n')
    .action(async (options: { file: string; dryRun: boolean; prune: boolean; json: boolean }) => {
      const settings = readSettings(options);
      const request = readStackRequest(fromCaller(options.file), options);
      const control = findControl(settings.data_dir);
      const response =
        control === undefined
          ? await applyOffline(settings.data_dir, request)
          : ((await control.call('POST', '/api/v1/apply', request)) as ApplyResponse);
      if (options.json) terminal.out(`${JSON.stringify(response)}\n`);
      else printChanges(terminal, response);
      finish(EXIT.done);
    });
};

const SIGNS = { create: '+', update: '~', delete: '-', keep: ' ' } as const;

/** The plan, a line each, and the tokens that were made. */
export function printChanges(terminal: Terminal, response: ApplyResponse): void {
  for (const change of response.changes)
    terminal.out(
      `${SIGNS[change.action]} ${change.kind} ${change.name}${change.detail === undefined ? '' : ` (${change.detail})`}\n`,
    );
  const count = response.changes.filter((change) => change.action !== 'keep').length;
  terminal.out(
    count === 0
      ? 'nothing to change\n'
      : `${count} ${count === 1 ? 'change' : 'changes'}${response.isDryRun ? ', not applied (dry run)' : ' applied'}\n`,
  );
  for (const { label, token } of response.tokens) terminal.out(`token of ${label}, shown only now: ${token}\n`);
}
