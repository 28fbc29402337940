/** The command line: one file per command; this one knows their names, exit codes and how errors are told. */
import { Command, CommanderError } from 'commander';
import { StartProblem } from '../main/data-directory.ts';
import { registerApply } from './apply.ts';
import { EXIT, type ExitCode, type Terminal } from './command.ts';
import { registerLogs } from './logs.ts';
import { registerPolicy } from './policy.ts';
import { registerServe } from './serve.ts';
import { registerServers } from './servers.ts';
import { registerStatus } from './status.ts';
import { terminal } from './terminal.ts';
import { version } from './version.ts';

/** Runs one command line (without the program's name) and gives its exit code. */
export async function run(args: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const finish = (code: ExitCode): void => {
    exitCode = code;
  };
  const program = new Command('callgate')
    .description('MCP gateway with policy on every tool call, and a catalogue that says what every tool can do')
    .version(version())
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.error(text) })
    .showSuggestionAfterError();
  for (const register of [registerServe, registerApply, registerServers, registerPolicy, registerLogs, registerStatus])
    register(program, terminal, finish);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return tell(error, terminal);
  }
}

function tell(error: unknown, output: Terminal): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof StartProblem) {
    output.error(`callgate: ${error.message}\n`);
    return EXIT.couldNotRun;
  }
  output.error(`callgate: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.couldNotRun;
}
