// The fixture over stdio, in both eras; started as a program by the tests.
import type { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { buildFixture } from './fixture/build-fixture.ts';

const observed = { waiting: [], cancelled: [] };

serveStdio(() => {
  const server: McpServer = buildFixture({
    observed,
    toolsChanged: () => server.sendToolListChanged(),
    promptsChanged: () => server.sendPromptListChanged(),
  });
  return server;
});
