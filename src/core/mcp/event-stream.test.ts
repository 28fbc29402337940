import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EventStreamItem, EventStreamParser, encodeEvent, KEEP_ALIVE } from './event-stream.ts';

function parse(bytes: Uint8Array, splits: readonly number[] = [], eventBytesMax = 10_000) {
  const parser = new EventStreamParser(eventBytesMax);
  const places = [...new Set([0, ...splits.map((place) => place % (bytes.length + 1)), bytes.length])];
  places.sort((a, b) => a - b);
  const items: EventStreamItem[] = [];
  let problem: string | undefined;
  for (const [index, place] of places.entries()) {
    // A copy, wiped afterwards: nothing may depend on a chunk after it was pushed.
    const chunk = Buffer.from(bytes.subarray(place, places[index + 1] ?? place));
    const step = parser.push(chunk);
    chunk.fill(0x0a);
    items.push(...step.items);
    problem = step.problem?.reason;
  }
  return { items, problem, isWithinEvent: parser.isWithinEvent };
}

const itemsOf = (text: string) => parse(Buffer.from(text)).items;
const data = (...texts: string[]) => texts.map((text) => ({ kind: 'event', data: text }));

describe('the rules of the standard', () => {
  // The first four are the examples of HTML section 9.2.6.
  test.each<[string, string, unknown[]]>([
    ['data lines are joined by LF', 'data: YHOO\ndata: +2\ndata: 10\n\n', data('YHOO\n+2\n10')],
    [
      'comments, ids, and an id without value',
      ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n',
      [
        { kind: 'comment' },
        { kind: 'event', data: 'first event', id: '1' },
        { kind: 'event', data: 'second event', id: '' },
        { kind: 'event', data: ' third event' },
      ],
    ],
    ['an event without its blank line is dropped', 'data\n\ndata\ndata\n\ndata:', data('', '\n')],
    ['one space behind the colon is not data', 'data:test\n\ndata: test\n\n', data('test', 'test')],
    [
      'CR, LF and CR LF end lines alike',
      'data:a\rdata:b\r\ndata:c\n\r\ndata:d\r\rdata:e\r\n\n',
      data('a\nb\nc', 'd', 'e'),
    ],
    ['a byte order mark at the start', '\ufeffdata:a\n\n', data('a')],
    ['only one, and only there', '\ufeff\ufeffdata:a\n\n\ufeffdata:b\n\ndata:\ufeffc\n\n', data('\ufeffc')],
    ['event names', 'event: ping\ndata: x\n\ndata: y\n\n', [{ kind: 'event', event: 'ping', data: 'x' }, ...data('y')]],
    ['the last event name counts, and none where it is empty', 'event:a\nevent:\ndata:x\n\n', data('x')],
    ['an event name without data is no event', 'event: ping\n\ndata: x\n\n', data('x')],
    ['an id with NUL is ignored', 'id: 1\nid: 2\u0000\ndata: x\n\n', [{ kind: 'event', data: 'x', id: '1' }]],
    [
      'retry takes digits only',
      'retry: 30\nretry: 1.5\nretry: -1\nretry:\ndata:x\n\n',
      [{ kind: 'event', data: 'x', retry: 30 }],
    ],
    [
      'retry is never rounded up',
      `retry: ${'9'.repeat(40)}\n\n`,
      [{ kind: 'settings', retry: Number.MAX_SAFE_INTEGER }],
    ],
    ['id and retry count without data', 'id: 7\nretry: 5\n\n\n', [{ kind: 'settings', id: '7', retry: 5 }]],
    ['unknown fields and other case are ignored', 'Data: x\nfoo: y\ndata : z\n data: w\ndatas:v\n\n', []],
    ['a colon alone is a comment', ':\n::\n', [{ kind: 'comment' }, { kind: 'comment' }]],
    ['a comment within an event', 'data: a\n: still here\ndata: b\n\n', [{ kind: 'comment' }, ...data('a\nb')]],
    ['colons in data', 'data: a: b\n\n', data('a: b')],
    ['blank lines alone', '\n\r\n\r\r\n', []],
  ])('%s', (_name, text, items) => {
    expect(itemsOf(text)).toEqual(items);
    expect(parse(Buffer.from(text), [...Buffer.from(text).keys()]).items).toEqual(items);
  });

  test('a stream that breaks off within an event can be told from one that ended', () => {
    expect(parse(Buffer.from('data: x\n')).isWithinEvent).toBe(true);
    expect(parse(Buffer.from('data: x\n\nda')).isWithinEvent).toBe(true);
    expect(parse(Buffer.from('data: x\n\n')).isWithinEvent).toBe(false);
  });
});

describe('what is refused', () => {
  const bytes = (...parts: (string | number)[]) =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));

  test.each([
    ['data', bytes('data: a', 0xff, '\n\n')],
    ['an id', bytes('id: ', 0xc0, 0x80, '\ndata: a\n\n')],
    ['an event name', bytes('event: ', 0xed, 0xa0, 0x80, '\ndata: a\n\n')],
    ['a character cut in two by a line break', bytes('data: ', 0xe2, 0x82, '\ndata:', 0xac, '\n\n')],
  ])('ill-formed UTF-8 in %s; what came before it stands', (_name, input) => {
    const whole = parse(Buffer.concat([Buffer.from('data: before\n\n'), input]));
    expect(whole).toMatchObject({ items: data('before'), problem: 'ill_formed_utf8' });
  });

  test('ill-formed UTF-8 in a comment means as little as the comment', () => {
    expect(parse(bytes(':', 0xff, '\ndata: a\n\n'))).toMatchObject({ items: [{ kind: 'comment' }, ...data('a')] });
  });

  test.each([
    ['one line', (n: number) => `data:${'x'.repeat(n - 5)}\n\n`],
    ['a line that never ends', (n: number) => `data:${'x'.repeat(n - 5)}`],
    ['many lines', (n: number) => `${'data:x\n'.repeat(10)}data:${'x'.repeat(n - 25)}\n\n`],
    ['a comment', (n: number) => `:${'x'.repeat(n - 1)}\n\n`],
    ['an unknown field', (n: number) => `${'x'.repeat(n)}\n\n`],
    ['a multi-byte text', (n: number) => `data:${'é'.repeat((n - 5) / 2)}${'x'.repeat((n - 5) % 2)}\n\n`],
  ])('more bytes than the limit in %s, wherever they are split', (_name, textOf) => {
    for (const [length, problem] of [
      [100, undefined],
      [101, 'event_too_large'],
      [1_000, 'event_too_large'],
    ] as const) {
      const input = Buffer.from(`data: before\n\n${textOf(length)}`);
      const whole = parse(input, [], 100);
      expect(whole.problem).toBe(problem);
      expect(parse(input, [...input.keys()], 100)).toEqual(whole);
      expect(whole.items[0]).toEqual({ kind: 'event', data: 'before' });
    }
  });

  test('a stream kept open by comments never grows too large', () => {
    expect(parse(Buffer.from(`data: a\n${': ping\n'.repeat(1_000)}\n`), [], 100).problem).toBeUndefined();
  });

  test('nothing is read after a problem', () => {
    const parser = new EventStreamParser(10);
    expect(parser.push(Buffer.from('data: 12345678901\n\n')).problem).toMatchObject({ reason: 'event_too_large' });
    expect(parser.push(Buffer.from('\n\ndata: a\n\n'))).toMatchObject({
      items: [],
      problem: { reason: 'event_too_large' },
    });
  });

  test('a megabyte that comes byte by byte is read in linear time', () => {
    const input = Buffer.from(`data:${'x'.repeat(1_000_000)}\n\n`);
    const parser = new EventStreamParser(2_000_000);
    const start = performance.now();
    let items = 0;
    for (let at = 0; at < input.length; at += 1) items += parser.push(input.subarray(at, at + 1)).items.length;
    expect(items).toBe(1);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

const oneLine = fc.string({ unit: 'grapheme', maxLength: 10 }).filter((text) => !/[\r\n\0]/.test(text));
const anyEvent = fc.record(
  {
    event: oneLine.filter((text) => text !== ''),
    data: fc.string({
      unit: fc.constantFrom('a', ' ', ':', '\n', '\r', 'data: ', 'é', '😀', '\ufeff', '\0'),
      maxLength: 20,
    }),
    id: oneLine,
    retry: fc.maxSafeNat(),
  },
  { requiredKeys: ['data'] },
);

describe('properties', () => {
  test('what is encoded is parsed as the same event, with LF for every line break', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 4 }), (events) => {
        const text = events.map(encodeEvent).join(KEEP_ALIVE);
        const expected = events.map((event) => ({
          kind: 'event',
          ...event,
          data: event.data.replaceAll(/\r\n?/g, '\n'),
        }));
        expect(itemsOf(text).filter((item) => item.kind === 'event')).toEqual(expected);
        expect(itemsOf(text).filter((item) => item.kind === 'comment')).toHaveLength(Math.max(0, events.length - 1));
      }),
    );
  });

  test('bytes split anywhere give the same items and the same problem', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'data',
        'event',
        'id',
        'retry',
        ':',
        ': ',
        '\n',
        '\r',
        '\r\n',
        '\n\n',
        '1',
        'x',
        '\u0000',
        '\ufeff',
      ),
      fc.string({ unit: 'grapheme', maxLength: 3 }),
    );
    const bytes = fc
      .array(
        fc.oneof(
          piece.map((text) => Buffer.from(text)),
          fc.constantFrom(0xff, 0xe2).map((byte) => Buffer.from([byte])),
        ),
        {
          maxLength: 40,
        },
      )
      .map((pieces) => Buffer.concat(pieces));
    fc.assert(
      fc.property(
        bytes,
        fc.array(fc.nat(), { maxLength: 10 }),
        fc.integer({ min: 5, max: 60 }),
        (input, splits, max) => {
          const whole = parse(input, [], max);
          expect(parse(input, splits, max)).toEqual(whole);
          expect(parse(input, [...input.keys()], max)).toEqual(whole);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('a text agrees with the standard, read line by line', () => {
    const line = fc.constantFrom(
      'data',
      'data:',
      'data: a',
      'data:  b',
      'event: e',
      'event',
      'id: 1',
      'id',
      'retry: 9',
      'retry: x',
      ':c',
      '',
      'x',
    );
    const ending = fc.constantFrom('\n', '\r', '\r\n');
    fc.assert(
      fc.property(fc.array(fc.tuple(line, ending), { maxLength: 30 }), (lines) => {
        const text = lines.map((parts) => parts.join('')).join('');
        const events = itemsOf(text).flatMap((item) =>
          item.kind === 'event' ? [[item.event ?? 'message', item.data]] : [],
        );
        expect(events).toEqual(eventsByTheStandard(text));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('encoding', () => {
  test('an event is its fields, its data line by line, and a blank line', () => {
    expect(encodeEvent({ event: 'message', data: '{"a":1}\r\nb\rc\n', id: '4', retry: 100 })).toBe(
      'event: message\nid: 4\nretry: 100\ndata: {"a":1}\ndata: b\ndata: c\ndata: \n\n',
    );
    expect(encodeEvent({ id: '4' })).toBe('id: 4\n\n');
  });

  test.each([
    [{ id: '1\ndata: injected', data: '' }],
    [{ event: 'a\rdata: injected', data: '' }],
    [{ id: 'a\u0000', data: '' }],
    [{ retry: -1 }],
    [{ retry: 1.5 }],
  ])('%j cannot be written, and is not', (fields) => {
    expect(() => encodeEvent(fields)).toThrow(RangeError);
  });
});

/** Section 9.2.6 as it is written, on whole texts, for what is dispatched. */
function eventsByTheStandard(text: string): string[][] {
  const events: string[][] = [];
  let [dataBuffer, typeBuffer] = ['', ''];
  for (const line of text.split(/\r\n|\n|\r/).slice(0, -1)) {
    if (line === '') {
      if (dataBuffer !== '') events.push([typeBuffer || 'message', dataBuffer.replace(/\n$/, '')]);
      [dataBuffer, typeBuffer] = ['', ''];
    } else if (!line.startsWith(':')) {
      const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
      if (field === 'event') typeBuffer = value;
      if (field === 'data') dataBuffer += `${value}\n`;
    }
  }
  return events;
}
