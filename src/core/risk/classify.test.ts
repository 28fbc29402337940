import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classify } from './classify.ts';
import { readToolDefinition, type ToolDefinition } from './definition.ts';
import { categories, severities } from './taxonomy.ts';

const object = (properties: Record<string, unknown>, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
});

describe('the worked example', () => {
  const record = classify({ name: 'start_dicom_export_job', description: '' });

  test('is Execute, High, with reduced confidence, and says why', () => {
    expect(record.category).toBe('Execute');
    expect(record.severity).toBe('High');
    expect(record.confidence).toBeLessThan(0.9);
    expect(record.rationale.join(' ')).toContain('“start … job”');
    expect(record.rationale.join(' ')).toContain('The description is empty');
    expect(record.evidence[0]).toEqual({
      at: '/name@0-5',
      quote: 'start',
      says: 'starts work that outlives the call',
      speaksFor: 'Execute',
    });
  });

  test('recommends exactly the document of the contract', () => {
    expect(record.recommended.document).toEqual({
      version: '1',
      default: 'deny',
      tools: {
        start_dicom_export_job: {
          limits: [{ counter: 'start_dicom_export_job_rate', window: 'minute', max: 10, scope: 'grant' }],
        },
      },
    });
  });

  test('is the same with the description absent', () => {
    expect(classify({ name: 'start_dicom_export_job' })).toEqual(record);
  });
});

describe('vendors’ annotations', () => {
  const delete_page: ToolDefinition = { name: 'delete_page', description: 'Deletes a page.' };

  test('that contradict the text are a finding and change no class', () => {
    const record = classify({ ...delete_page, annotations: { readOnlyHint: true } });
    expect(record.category).toBe('Destructive');
    expect(record.findings).toContainEqual(
      expect.objectContaining({ kind: 'annotation-contradiction', at: '/annotations/readOnlyHint' }),
    );
  });

  test('that agree are no finding', () => {
    expect(classify({ ...delete_page, annotations: { readOnlyHint: false, destructiveHint: true } }).findings).toEqual(
      [],
    );
  });

  test('in the tuple that SDKs emit by default are no evidence', () => {
    const tool: ToolDefinition = { name: 'weather', description: 'Weather for a city.' };
    const annotated = classify({
      ...tool,
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    });
    expect(annotated).toEqual(classify(tool));
  });

  test('tip a close call', () => {
    const tool: ToolDefinition = { name: 'sync_state', description: 'State of the synchronisation.' };
    const without = classify(tool);
    const stated = classify({ ...tool, annotations: { readOnlyHint: true } });
    expect(stated.category === 'Read' || stated.confidence <= without.confidence).toBe(true);
  });
});

describe('argument values', () => {
  const tool: ToolDefinition = {
    name: 'manage_project',
    description: 'Manages a project.',
    inputSchema: object(
      { action: { type: 'string', enum: ['get', 'create', 'update', 'delete'] }, id: { type: 'string' } },
      ['action'],
    ),
  };

  test('are told apart, and the whole takes the worst', () => {
    const record = classify(tool);
    expect(record.category).toBe('Destructive');
    expect(record.split).toEqual([
      {
        argument: 'action',
        values: [
          { value: 'get', category: 'Read' },
          { value: 'create', category: 'Write' },
          { value: 'update', category: 'Write' },
          { value: 'delete', category: 'Destructive' },
        ],
      },
    ]);
    expect(record.recommended.alternative?.document.tools['manage_project']).toEqual({
      require: [
        {
          conditions: [{ path: 'args.action', op: 'in', value: ['get'] }],
          on_deny: 'Only action values that read are allowed.',
        },
      ],
    });
  });

  test('of dryRun are told apart', () => {
    const record = classify({
      name: 'apply_manifest',
      description: 'Applies a manifest to the cluster.',
      inputSchema: object({ manifest: { type: 'string' }, dryRun: { type: 'boolean' } }),
    });
    expect(record.split).toEqual([
      {
        argument: 'dryRun',
        values: [
          { value: true, category: 'Read' },
          { value: false, category: record.category },
        ],
      },
    ]);
    expect(record.category).not.toBe('Read');
  });

  test('that are no actions split nothing', () => {
    const record = classify({
      name: 'list_issues',
      description: 'Lists issues.',
      inputSchema: object({
        state: { type: 'string', enum: ['open', 'closed', 'all'] },
        mode: { type: 'string', enum: ['short', 'long'] },
      }),
    });
    expect(record.split).toBeUndefined();
    expect(record.category).toBe('Read');
  });
});

describe('names in other shapes', () => {
  test.each([
    ['deleteUserAccount', 'Destructive'],
    ['user.delete', 'Destructive'],
    ['acme_delete_user', 'Destructive'],
    ['USER_DELETE', 'Destructive'],
    ['delete-user', 'Destructive'],
    ['ｄｅｌｅｔｅ_user', 'Destructive'],
    ['de\u200blete_user', 'Destructive'],
    ['supprimer_utilisateur', 'Destructive'],
    ['删除用户', 'Destructive'],
    ['listUsers', 'Read'],
  ] as const)('%s is %s', (name, category) => {
    expect(classify({ name }).category).toBe(category);
  });

  test('a prefix that all tools of a server share is not read as a verb', () => {
    const siblings = [
      'trackly_list_items',
      'trackly_get_item',
      'trackly_create_item',
      'trackly_delete_item',
      'trackly_search',
    ];
    expect(classify({ name: 'trackly_list_items', server: { name: 'trackly', siblings } }).category).toBe('Read');
  });
});

describe('bounds', () => {
  // Generous: what is guarded against is minutes, not milliseconds.
  const boundMs = 2_000;
  const timed = (tool: ToolDefinition): number => {
    const started = performance.now();
    classify(tool);
    return performance.now() - started;
  };

  test('a description of a million characters', () => {
    expect(timed({ name: 'x', description: 'Deletes a page. '.repeat(65_536) })).toBeLessThan(boundMs);
  });

  test('a description of a million characters without a space', () => {
    expect(timed({ name: 'x', description: 'aA1+'.repeat(262_144) })).toBeLessThan(boundMs);
  });

  test('a description made to slow pattern matching down', () => {
    expect(timed({ name: 'x', description: 'ignore all any every the your '.repeat(20_000) })).toBeLessThan(boundMs);
    expect(timed({ name: 'x', description: `<important>${'before '.repeat(100_000)}` })).toBeLessThan(boundMs);
    expect(timed({ name: 'x', description: `send ${'all data '.repeat(100_000)}` })).toBeLessThan(boundMs);
  });

  test('hundreds of arguments with listed actions', () => {
    const action = { type: 'string', enum: Array.from({ length: 100 }, (_, index) => `delete_${index}`) };
    const properties = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`a${index}_action`, action]));
    expect(timed({ name: 'x', inputSchema: object(properties) })).toBeLessThan(boundMs);
  });

  test('a schema of a hundred thousand properties is cut, and says so', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 100_000 }, (_, index) => [`p${index}`, { type: 'string', description: 'x' }]),
    );
    const tool = { name: 'x', inputSchema: object(properties) };
    expect(timed(tool)).toBeLessThan(boundMs);
    expect(classify(tool).findings).toContainEqual(expect.objectContaining({ kind: 'unread' }));
  });

  test('a schema nested ten thousand deep is cut, and says so', () => {
    let schema: unknown = { type: 'string' };
    for (let depth = 0; depth < 10_000; depth++) schema = { type: 'object', properties: { a: schema }, items: schema };
    const tool = { name: 'x', inputSchema: schema };
    expect(timed(tool)).toBeLessThan(boundMs);
    expect(classify(tool).findings).toContainEqual(expect.objectContaining({ kind: 'unread' }));
  });

  test('a name of a million characters', () => {
    expect(timed({ name: 'delete_'.repeat(150_000) })).toBeLessThan(boundMs);
  });

  test('lone surrogates and every control character', () => {
    const controls = Array.from({ length: 160 }, (_, code) => String.fromCharCode(code)).join('');
    expect(() => classify({ name: `a\ud800b${controls}`, description: `\udfff${controls}\ud83d` })).not.toThrow();
  });
});

const words = fc.constantFrom(
  'delete',
  'get',
  'list',
  'create',
  'update',
  'send',
  'run',
  'start',
  'pay',
  'user',
  'page',
  'invoice',
  'job',
  'file',
  'sql',
  'all',
  'not',
  'never',
  'read-only',
  'permanently',
);
const sentence = fc.array(words, { maxLength: 12 }).map((parts) => parts.join(' '));
const schema = fc.oneof(
  fc.constant(undefined),
  fc.dictionary(fc.string(), fc.jsonValue()).map((properties) => ({ type: 'object', properties })),
  fc.jsonValue(),
);
const toolDefinition = fc.record({
  name: fc.oneof(
    fc.string(),
    sentence.map((text) => text.replaceAll(' ', '_')),
  ),
  description: fc.oneof(fc.string({ unit: 'binary' }), sentence),
  inputSchema: schema,
});

describe('properties', () => {
  test('no definition makes it throw, and every record is in range', () => {
    fc.assert(
      fc.property(toolDefinition, (tool) => {
        const record = classify(readToolDefinition(tool));
        expect(categories).toContain(record.category);
        expect(severities).toContain(record.severity);
        expect(record.confidence).toBeGreaterThan(0);
        expect(record.confidence).toBeLessThanOrEqual(1);
        for (const confidence of Object.values(record.hintConfidence)) expect(confidence).toBeGreaterThanOrEqual(0.5);
      }),
      { numRuns: 300 },
    );
  });

  test('any JSON value is read as a definition without throwing', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => classify(readToolDefinition(value)).classifier.length > 0));
  });

  test('the same definition gives the same record', () => {
    fc.assert(
      fc.property(toolDefinition, (tool) => {
        const copy = structuredClone(tool);
        expect(classify(readToolDefinition(tool))).toEqual(classify(readToolDefinition(copy)));
      }),
    );
  });

  test('characters nobody sees change neither category nor severity', () => {
    const invisible = fc.constantFrom(
      '\u200b',
      '\u200d',
      '\u2060',
      '\ufeff',
      '\u00ad',
      '\u202e',
      '\u{e0041}',
      '\u0000',
    );
    fc.assert(
      fc.property(sentence, sentence, invisible, fc.nat(40), (name, description, character, at) => {
        const plain = classify({ name: name.replaceAll(' ', '_'), description });
        const hidden = classify({
          name: insert(name.replaceAll(' ', '_'), character, at),
          description: insert(description, character, at),
        });
        expect(hidden.category).toBe(plain.category);
        expect(severities.indexOf(hidden.severity)).toBeGreaterThanOrEqual(severities.indexOf(plain.severity));
      }),
    );
  });

  test('without a description no tool is known well enough to be allowed by class', () => {
    fc.assert(fc.property(fc.string(), (name) => classify({ name }).confidence < 0.8));
  });

  test('taking a description away that name and schema agree with never raises confidence', () => {
    const pairs = [
      ['delete_page', 'Deletes a page.'],
      ['list_orders', 'Lists orders.'],
      ['create_ticket', 'Creates a ticket.'],
      ['start_job', 'Starts a job.'],
      ['refund_payment', 'Refunds a payment.'],
    ] as const;
    for (const [name, description] of pairs) {
      expect(classify({ name }).confidence).toBeLessThanOrEqual(classify({ name, description }).confidence);
    }
  });
});

function insert(text: string, character: string, at: number): string {
  const place = Math.min(at, text.length);
  return text.slice(0, place) + character + text.slice(place);
}
