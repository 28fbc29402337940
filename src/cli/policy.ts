import { parsePolicy } from '../core/policy/parse-policy.ts';
import { EXIT, type Register } from './command.ts';
import { fromCaller, readFile } from './settings.ts';

/** `callgate policy …`: the workbench of policy authors. */
export const registerPolicy: Register = (program, terminal, finish) => {
  const policy = program.command('policy').description('check policy documents');
  policy
    .command('validate')
    .description('say everything that is wrong with policy documents (JSON or YAML)')
    .argument('<file...>', 'policy documents')
    .option('--json', 'print problems as JSON', false)
    .addHelpText('after', '\nExample:\n  callgate policy validate policies/shop.json\n')
    .action((files: string[], options: { json: boolean }) => {
      let isValid = true;
      const all: unknown[] = [];
      for (const file of files) {
        const parsed = parsePolicy(readFile(fromCaller(file)));
        if (parsed.ok) {
          all.push({ file, problems: [] });
          if (!options.json) terminal.out(`${file}: valid\n`);
          continue;
        }
        isValid = false;
        all.push({ file, problems: parsed.error });
        if (options.json) continue;
        for (const { pointer, message, hint, line, column } of parsed.error) {
          terminal.out(
            `${file}${line === undefined ? '' : `:${line}:${column ?? 1}`}: ${pointer === '' ? '' : `${pointer} `}${message}${hint === undefined ? '' : ` (${hint})`}\n`,
          );
        }
      }
      if (options.json) terminal.out(`${JSON.stringify(files.length === 1 ? all[0] : all)}\n`);
      finish(isValid ? EXIT.done : EXIT.no);
    });
};
