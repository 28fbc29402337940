/** The example that `npm start` serves, and what it says to somebody who has never seen the gateway. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { callerFolder } from '../config/environment.ts';
import type { ApplyRequest } from '../control/contracts/apply.ts';
import { createGrantToken } from '../core/identity/grant-token.ts';
import { openDataDirectory } from '../main/data-directory.ts';
import type { RunningInstance } from '../main/serve.ts';
import type { Terminal } from './command.ts';
import { readStackRequest } from './stack-request.ts';

const STACK = fileURLToPath(new URL('../../examples/files/stack.yaml', import.meta.url));

/** The example's stack and its grant token, which is kept in the data directory so that it can be shown at every start. */
export function exampleStack(dataDirectory: string): { readonly request: ApplyRequest; readonly token: string } {
  const path = join(dataDirectory, 'example-token');
  openDataDirectory(dataDirectory);
  if (!existsSync(path)) writeFileSync(path, createGrantToken(randomBytes(32)), { mode: 0o600 });
  const token = readFileSync(path, 'utf8').trim();
  const request = readStackRequest(STACK, { prune: false, dryRun: false });
  return { request: { ...request, grants: request.grants.map((grant) => ({ ...grant, token })) }, token };
}

export function printWelcome(terminal: Terminal, instance: RunningInstance, token: string): void {
  const url = `${instance.gatewayUrl}/mcp/files`;
  const clientEntry = JSON.stringify(
    { mcpServers: { files: { type: 'http', url, headers: { Authorization: `Bearer ${token}` } } } },
    null,
    2,
  );
  const policy = relative(callerFolder(), join(STACK, '..', 'policy.json'));
  const initialize = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'curl', version: '1' } },
  });
  terminal.out(`
Callgate is running. A real MCP file server is behind it, and a policy is in front:
reading is allowed (10 a minute), writing is denied with a reason, moving is hidden, the rest is denied.

  gateway   ${instance.gatewayUrl}   (agents, by grant)
  control   ${instance.controlUrl}   (you; the key is in ${join(instance.dataDirectory, 'operator.key')})

Claude Code:

  claude mcp add --transport http files ${url} --header "Authorization: Bearer ${token}"

Cursor (.cursor/mcp.json); in VS Code (.vscode/mcp.json) the outer key is "servers":

${indent(clientEntry)}

curl:

  curl -si ${url} -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' -d '${initialize}'

Then ask your agent to read notes.txt, and to write to it. In another terminal:

  npm run -s callgate -- logs --follow        what was decided, as it happens
  ${policy}             the rules: edit them, then
  npm run -s callgate -- apply -f ${relative(callerFolder(), STACK)}

Ctrl-C stops it. \`npm run demo\` plays a whole session by itself.
`);
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
