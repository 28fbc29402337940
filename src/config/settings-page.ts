import { z } from 'zod';
import { Settings } from './settings.ts';

/** The reference page of all settings, as Markdown, from the schema that reads them. */
export function settingsPage(): string {
  const rows = Object.entries(Settings.shape).map(([name, field]) => {
    const schema = z.toJSONSchema(field, { unrepresentable: 'any', io: 'input' }) as {
      default?: unknown;
      description?: string;
    };
    const fallback =
      schema.default === undefined || (Array.isArray(schema.default) && schema.default.length === 0)
        ? '–'
        : `\`${typeof schema.default === 'string' ? schema.default : JSON.stringify(schema.default)}\``;
    return `| \`${name}\` | ${fallback} | ${schema.description ?? ''} |`;
  });
  return `# Settings

Written by \`npm run schemas\` from the schema that reads them. Each can be given, in this order of precedence, as a flag of
\`callgate serve\` where it has one, as an environment variable (\`CALLGATE_\` and the name in capitals: \`CALLGATE_DATA_DIR\`), or in
\`callgate.yaml\` in the folder the command is typed in (\`data_dir: /var/lib/callgate\`). Unknown settings are errors.

| setting | default | what it does |
|---|---|---|
${rows.join('\n')}
`;
}
