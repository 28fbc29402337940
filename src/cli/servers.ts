import { EXIT, type Register } from './command.ts';
import { needControl } from './control-client.ts';
import { readSettings, withDataDirectory } from './settings.ts';

interface Definition {
  readonly kind: string;
  readonly name: string;
  readonly state: 'accepted' | 'held';
  readonly credential: string;
}

/** `callgate servers …`: what is registered, what is held back, and accepting it. */
export const registerServers: Register = (program, terminal, finish) => {
  const servers = program.command('servers').description('registered servers and their pinned definitions');
  withDataDirectory(servers.command('list'))
    .description('list registered servers, or what one of them lists')
    .argument('[server]', 'slug or id')
    .option('--json', 'print as JSON', false)
    .addHelpText('after', '\nExample:\n  callgate servers list files\n')
    .action(async (server: string | undefined, options: { json: boolean }) => {
      const control = needControl(readSettings(options).data_dir);
      if (server === undefined) {
        const answer = (await control.call('GET', '/api/v1/servers')) as {
          servers: { slug: string; kind: string; id: string }[];
        };
        if (options.json) terminal.out(`${JSON.stringify(answer)}\n`);
        else for (const entry of answer.servers) terminal.out(`${entry.slug}\t${entry.kind}\t${entry.id}\n`);
        return;
      }
      const answer = (await control.call('GET', `/api/v1/servers/${encodeURIComponent(server)}/definitions`)) as {
        definitions: Definition[];
      };
      if (options.json) terminal.out(`${JSON.stringify(answer)}\n`);
      else
        for (const item of answer.definitions)
          terminal.out(`${item.state}\t${item.kind}\t${item.name}\t${item.credential}\n`);
    });
  withDataDirectory(servers.command('accept'))
    .description('accept definitions that are held back because they are new or changed')
    .argument('<server>', 'slug or id')
    .argument('[tool...]', 'names of tools; everything that is held without any')
    .option('--json', 'print as JSON', false)
    .addHelpText('after', '\nExamples:\n  callgate servers accept files\n  callgate servers accept files read_file\n')
    .action(async (server: string, tools: string[], options: { json: boolean }) => {
      const control = needControl(readSettings(options).data_dir);
      const items = tools.length === 0 ? 'all' : tools.map((name) => ({ kind: 'tool', name }));
      const answer = (await control.call('POST', `/api/v1/servers/${encodeURIComponent(server)}/accept`, {
        items,
      })) as { accepted: number };
      terminal.out(options.json ? `${JSON.stringify(answer)}\n` : `${answer.accepted} accepted\n`);
      finish(answer.accepted === 0 && tools.length > 0 ? EXIT.no : EXIT.done);
    });
};
