import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadPostgresqlParser } from '../../../main/postgresql-parser.ts';
import type { JsonValue } from '../../mcp/json/value.ts';
import { compileCondition, evaluateCondition } from '../compiled-condition.ts';
import { condition } from '../condition.ts';
import type { OperatorContext } from './operator.ts';

let context: OperatorContext = {};
beforeAll(async () => {
  context = { sql: { postgresql: await loadPostgresqlParser() } };
});

/** T true, F false, ? cannot decide. */
function ask(op: string, fields: object, given: JsonValue): string {
  const compiled = compileCondition(condition.parse({ path: 'args.v', op, ...fields }), '', context);
  if (!compiled.ok) throw new Error(compiled.error);
  const outcome = evaluateCondition(compiled.value, {
    kind: 'tool',
    name: 't',
    arguments: { v: given },
    definition: { state: 'none' },
    grant: { counterKey: 'g', label: 'g', labels: {} },
    labels: new Map(),
    now: 0,
  });
  return outcome === true ? 'T' : outcome === false ? 'F' : '?';
}
const isValid = (op: string, fields: object) => condition.safeParse({ path: 'args.v', op, ...fields }).success;

describe('host_in', () => {
  const hosts = { value: ['api.example.com', '*.example.org', '192.0.2.7', '[2001:db8::1]', 'localhost'] };

  test.each([
    ['T', 'https://api.example.com'],
    ['T', 'https://api.example.com/a/b?c=d#e'],
    ['T', 'HTTPS://API.example.COM/'],
    ['T', 'https://api.example.com:443/'],
    ['T', 'https://api.example.com?c=d'],
    ['T', 'https://api.example.com/@user'],
    ['T', 'https://api.example.com/a?u=https://evil.test@x'],
    ['T', 'https://a.example.org/'],
    ['T', 'https://a.b.example.org/'],
    ['T', 'https://192.0.2.7/'],
    ['T', 'https://[2001:db8::1]/'],
    ['T', 'https://localhost/'],
    ['F', 'https://example.com/'],
    ['F', 'https://example.org/'],
    ['F', 'https://notexample.org/'],
    ['F', 'https://api.example.com.evil.test/'],
    ['F', 'https://evil.test/https://api.example.com'],
    ['F', 'https://evil.test/?api.example.com'],
  ])('%s: %s', (expected, url) => {
    expect(ask('host_in', hosts, url)).toBe(expected);
  });

  test.each([
    ['another scheme', 'http://api.example.com/'],
    ['a scheme of another kind', 'javascript:alert(1)//api.example.com'],
    ['a file', 'file:///etc/passwd'],
    ['no scheme', '//api.example.com/'],
    ['a bare host', 'api.example.com'],
    ['one slash', 'https:/api.example.com/'],
    ['no slash', 'https:api.example.com/'],
    ['three slashes', 'https:///api.example.com/'],
    ['another port', 'https://api.example.com:22/'],
    ['a port with a zero in front', 'https://api.example.com:0443/'],
    ['an empty port', 'https://api.example.com:/'],
    ['a user', 'https://user@api.example.com/'],
    ['a user that looks like the host', 'https://api.example.com@evil.test/'],
    ['a user and password', 'https://api.example.com:443@evil.test/'],
    ['a user behind a fragment', 'https://api.example.com#@evil.test/'],
    ['a user behind a query', 'https://api.example.com?@evil.test/'],
    ['a fragment right behind the host', 'https://api.example.com#.evil.test'],
    ['a backslash for a slash', 'https://evil.test\\@api.example.com/'],
    ['backslashes for slashes', 'https:\\\\api.example.com/'],
    ['a tab in the host', 'https://api.exa\tmple.com/'],
    ['a line break in the scheme', 'ht\ntps://api.example.com/'],
    ['a carriage return and header', 'https://api.example.com/\r\nX: y'],
    ['a leading space', ' https://api.example.com/'],
    ['a NUL', 'https://api.example.com\0.evil.test/'],
    ['an encoded host', 'https://%61pi.example.com/'],
    ['an encoded dot', 'https://api%2eexample.com/'],
    ['an encoded slash in the host', 'https://api.example.com%2f.evil.test/'],
    ['a trailing dot', 'https://api.example.com./'],
    ['an empty label', 'https://api..example.com/'],
    ['Cyrillic а', 'https://\u0430pi.example.com/'],
    ['full-width letters', 'https://\uff41pi.example.com/'],
    ['an ideographic full stop', 'https://api\u3002example.com/'],
    ['a soft hyphen', 'https://a\u00adpi.example.com/'],
    ['a zero-width joiner', 'https://a\u200dpi.example.com/'],
    ['a full-width slash', 'https://api.example.com\uff0f.evil.test/'],
    ['an address', 'https://127.0.0.1/'],
    ['an octal address', 'https://0177.0.0.1/'],
    ['a hexadecimal address', 'https://0x7f.1/'],
    ['a decimal address', 'https://2130706433/'],
    ['a short address', 'https://127.1/'],
    ['a listed address in hexadecimal', 'https://0xc0000207/'],
    ['an IPv6 address', 'https://[::1]/'],
    ['a listed IPv6 address written longer', 'https://[2001:db8:0::1]/'],
    ['a mapped address', 'https://[::ffff:192.0.2.7]/'],
    ['a zone id', 'https://[fe80::1%25eth0]/'],
    ['five numbers', 'https://1.2.3.4.5/'],
    ['too long', `https://api.example.com/${'a'.repeat(9000)}`],
    ['a list', ['https://api.example.com/']],
    ['a number', 5],
  ])('cannot decide on %s', (_name, url) => {
    expect(ask('host_in', hosts, url)).toBe('?');
  });

  test('schemes and ports are those that are listed', () => {
    const value = ['api.example.com'];
    expect(ask('host_in', { value, schemes: ['http', 'https'] }, 'http://api.example.com/')).toBe('T');
    expect(ask('host_in', { value, schemes: ['http'] }, 'https://api.example.com/')).toBe('?');
    expect(ask('host_in', { value, ports: [443, 8443] }, 'https://api.example.com:8443/')).toBe('T');
    expect(ask('host_in', { value, ports: [443, 8443] }, 'https://api.example.com/')).toBe('T');
    expect(ask('host_in', { value, ports: [8443] }, 'https://api.example.com/')).toBe('?');
    expect(ask('host_in', { value, ports: [8443] }, 'https://api.example.com:8444/')).toBe('?');
  });

  test('what is no host is no value', () => {
    for (const host of [
      '',
      'https://a.com',
      'a.com/',
      'a.com:443',
      'a@b.com',
      'a..com',
      '.com',
      'a.com.',
      '*',
      '*.',
      '*.*.com',
      'a b',
      '*.127.0.0.1',
      '%61.com',
    ]) {
      expect([host, isValid('host_in', { value: [host] })]).toEqual([host, false]);
    }
    expect(isValid('host_in', { value: ['münchen.example', '*.EXAMPLE.com', '127.0.0.1', '[::1]'] })).toBe(true);
    expect(isValid('host_in', { value: ['a.com'], schemes: ['file'] })).toBe(false);
    expect(isValid('host_in', { value: [] })).toBe(false);
  });

  test('true only where WHATWG and a plain reading of RFC 3986 find the same allowed host', () => {
    const piece = fc.constantFrom(
      'https',
      'http',
      ':',
      '/',
      '//',
      '\\',
      '@',
      '#',
      '?',
      'api.example.com',
      'evil.test',
      '.',
      '%2f',
      ':443',
      '[',
      ']',
      '\t',
      'a',
      '127.1',
      '\u3002',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 9 }).map((pieces) => `https://${pieces.join('')}`),
        (url) => {
          if (ask('host_in', { value: ['api.example.com'] }, url) !== 'T') return;
          expect(new URL(url).host).toBe('api.example.com');
          expect(/^https:\/\/(?:[^/?#]*@)?([^/?#:]*)/i.exec(url)?.[1]).toBe('api.example.com');
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe('path_under', () => {
  const folders = { value: ['/srv/data', '/srv/Öffentlich'] };

  test.each([
    ['T', '/srv/data'],
    ['T', '/srv/data/'],
    ['T', '/srv/data/a/b.txt'],
    ['T', '/srv//data/./a'],
    ['T', '/srv/data/.env'],
    ['T', '/srv/data/a:b'],
    ['T', '/srv/data/a%20b'],
    ['T', '/srv/data/file~'],
    ['T', '/srv/O\u0308ffentlich/a'],
    ['F', '/srv/database'],
    ['F', '/srv'],
    ['F', '/'],
    ['F', '/etc/passwd'],
    ['F', '/srv/data2/a'],
  ])('%s: %s', (expected, path) => {
    expect(ask('path_under', folders, path)).toBe(expected);
  });

  test.each([
    ['parent', '/srv/data/../../etc/passwd'],
    ['a parent that stays inside', '/srv/data/a/../b'],
    ['an encoded parent', '/srv/data/%2e%2e/%2e%2e/etc/passwd'],
    ['a half encoded parent', '/srv/data/.%2E/etc'],
    ['an encoded slash', '/srv/data/..%2f..%2fetc'],
    ['a doubly encoded parent', '/srv/data/%252e%252e/etc'],
    ['overlong UTF-8', '/srv/data/%c0%ae%c0%ae/etc'],
    ['a full-width parent', '/srv/data/\uff0e\uff0e/etc'],
    ['a full-width slash that may lead inside', '/srv\uff0fdata/x'],
    ['a two dot leader', '/srv/data/\u2025/etc'],
    ['NUL', '/srv/data/a.txt\0.png'],
    ['an encoded NUL', '/srv/data/a.txt%00.png'],
    ['a line break', '/srv/data/a\n/etc/passwd'],
    ['home', '~/.ssh/id_rsa'],
    ['somebody’s home', '~root/.ssh/id_rsa'],
    ['home inside', '/srv/data/~/x'],
    ['a variable', '/srv/data/$HOME/x'],
    ['a variable in braces', '/srv/data/${HOME}'],
    ['a command', '/srv/data/`id`'],
    ['a variable of Windows', '/srv/data/%APPDATA%/x'],
    ['a percent sign that encodes nothing', '/srv/data/100%'],
    ['a backslash', '/srv/data/..\\..\\etc'],
    ['an encoded backslash', '/srv/data/..%5c..%5cetc'],
    ['UNC', '\\\\server\\share'],
    ['UNC with slashes', '//server/share'],
    ['a device', '\\\\?\\C:\\x'],
    ['a drive', 'C:/srv/data/x'],
    ['a file URL', 'file:///srv/data/x'],
    ['another scheme', 'https://srv/data'],
    ['a relative path', 'srv/data/x'],
    ['a relative path with dot', './srv/data/x'],
    ['a trailing dot', '/srv/data/secret.txt.'],
    ['a trailing dot and space', '/srv/data/secret.txt. '],
    ['a trailing space', '/srv/data /x'],
    ['three dots', '/srv/data/.../x'],
    ['another case', '/SRV/data/x'],
    ['another case of the name', '/srv/Data'],
    ['nothing', ''],
    ['too long', `/srv/data/${'a'.repeat(5000)}`],
    ['a list', ['/srv/data/x']],
  ])('cannot decide on %s', (_name, path) => {
    expect(ask('path_under', folders, path)).toBe('?');
  });

  test('relative folders take relative paths only', () => {
    const value = ['docs', 'src/core'];
    expect(ask('path_under', { value }, 'docs/a.md')).toBe('T');
    expect(ask('path_under', { value }, './src/core/a.ts')).toBe('T');
    expect(ask('path_under', { value }, 'src/a.ts')).toBe('F');
    expect(ask('path_under', { value }, '/docs/a.md')).toBe('?');
    expect(ask('path_under', { value: ['.'] }, 'a/b')).toBe('T');
    expect(ask('path_under', { value: ['/'] }, '/a/b')).toBe('T');
  });

  test('what is no plain folder is no value', () => {
    for (const folder of ['', '../x', '~/x', 'C:\\x', '//server', '/a/..', 'file:///x', '/a\0', '$HOME']) {
      expect([folder, isValid('path_under', { value: [folder] })]).toEqual([folder, false]);
    }
  });

  test('true only for what stays inside however it is decoded and joined', () => {
    const piece = fc.constantFrom(
      '/',
      '..',
      '.',
      'a',
      'srv',
      'data',
      '%2e',
      '%2f',
      '%25',
      '%',
      '\\',
      '~',
      '$',
      '\0',
      '\uff0e',
      ' ',
      '//',
    );
    const resolve = (path: string) => {
      const out: string[] = [];
      for (const segment of path.replaceAll('\\', '/').split('/')) {
        if (segment === '..') out.pop();
        else if (segment !== '.' && segment !== '') out.push(segment);
      }
      return `/${out.join('/')}/`;
    };
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }).map((pieces) => `/srv/data${pieces.join('')}`),
        (path) => {
          if (ask('path_under', { value: ['/srv/data'] }, path) !== 'T') return;
          const readings = [
            path,
            path.normalize('NFKC'),
            decodeURIComponent(path),
            decodeURIComponent(path).normalize('NFKC'),
          ];
          for (const reading of readings) expect(resolve(reading).startsWith('/srv/data/')).toBe(true);
          // Nobody can decode it a second time and get something else.
          expect(decodeURIComponent(path)).not.toMatch(/%[0-9a-f]{2}/i);
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe('cidr_in', () => {
  const ranges = { value: ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1'] };

  test.each([
    ['T', '10.0.0.0'],
    ['T', '10.255.255.255'],
    ['T', '192.0.2.7'],
    ['T', '2001:db8::1'],
    ['T', '2001:DB8:0:0::1'],
    ['T', '::1'],
    ['T', '0:0:0:0:0:0:0:1'],
    ['F', '11.0.0.0'],
    ['F', '192.0.2.8'],
    ['F', '2001:db9::1'],
    ['F', '::'],
    ['F', '127.0.0.1'],
  ])('%s: %s', (expected, address) => {
    expect(ask('cidr_in', ranges, address)).toBe(expected);
  });

  test.each([
    ['octal', '012.0.0.1'],
    ['hexadecimal', '0x0a.0.0.1'],
    ['decimal', '167772161'],
    ['short', '10.1'],
    ['a part too large', '10.0.0.256'],
    ['five parts', '10.0.0.0.1'],
    ['spaces', ' 10.0.0.1'],
    ['a line break', '10.0.0.1\n'],
    ['a port', '10.0.0.1:80'],
    ['a range', '10.0.0.1/32'],
    ['a name', 'localhost'],
    ['full-width digits', '\uff11\uff10.0.0.1'],
    ['mapped', '::ffff:10.0.0.1'],
    ['mapped in hexadecimal', '::ffff:a00:1'],
    ['mapped written out', '0:0:0:0:0:ffff:a00:1'],
    ['compatible', '::a00:1'],
    ['NAT64', '64:ff9b::a00:1'],
    ['NAT64 of local use', '64:ff9b:1::a00:1'],
    ['6to4', '2002:a00:1::'],
    ['Teredo', '2001:0:53aa:64c::1'],
    ['a zone id', 'fe80::1%eth0'],
    ['brackets', '[::1]'],
    ['nothing', ''],
    ['a number', 167772161],
  ])('cannot decide on %s', (_name, address) => {
    expect(ask('cidr_in', ranges, address)).toBe('?');
  });

  test('what is no range is no value', () => {
    for (const range of [
      '10.0.0.0/33',
      '10.1.0.0/8',
      '10.0.0.0/08',
      '10/8',
      '::/129',
      '2001:db8::1/32',
      'x',
      '',
      '10.0.0.0/',
      '010.0.0.0/8',
    ]) {
      expect([range, isValid('cidr_in', { value: [range] })]).toEqual([range, false]);
    }
    expect(isValid('cidr_in', { value: ['0.0.0.0/0', '::/0'] })).toBe(true);
  });
});

describe('email_domain_in', () => {
  const domains = { value: ['example.com', '*.example.org'] };

  test.each<[string, JsonValue]>([
    ['T', 'a@example.com'],
    ['T', 'A.b+c@EXAMPLE.com'],
    ['T', 'a@example.com, b@mail.example.org'],
    ['T', 'Ann Bell <a@example.com>'],
    ['T', ['a@example.com', 'b@example.com,c@example.com']],
    ['F', 'a@evil.test'],
    ['F', 'a@example.org'],
    ['F', 'a@notexample.com'],
    ['F', 'a@example.com.evil.test'],
    ['F', 'a@xn--exmple-cua.com'],
    ['F', ['a@evil.test', 'b@other.test']],
  ])('%s: %j', (expected, address) => {
    expect(ask('email_domain_in', domains, address)).toBe(expected);
  });

  test.each<[string, JsonValue]>([
    ['some inside, some outside', 'a@example.com, b@evil.test'],
    ['some inside, some outside in a list', ['a@example.com', 'b@evil.test']],
    ['an empty list', []],
    ['an empty text', ''],
    ['an empty part', 'a@example.com,'],
    ['semicolons', 'a@example.com; b@example.com'],
    ['a header behind a line break', 'a@example.com\r\nBcc: x@evil.test'],
    ['a folded line', 'a@example.com,\r\n b@example.com'],
    ['a quoted local part', '"a@evil.test"@example.com'],
    ['a quoted local part with a comma', '"x@evil.test,"@example.com'],
    ['a name that is an address', 'a@example.com <x@evil.test>'],
    ['a quoted name that is an address', '"a@example.com" <x@evil.test>'],
    ['an encoded word', '=?utf-8?q?x=40evil.test?= <a@example.com>'],
    ['two addresses in brackets', '<x@evil.test> <a@example.com>'],
    ['a comment', 'a(x@evil.test)@example.com'],
    ['a comment in the domain', 'a@(evil.test)example.com'],
    ['a group', 'friends: x@evil.test, a@example.com;'],
    ['a route', '<@evil.test:a@example.com>'],
    ['a percent route', 'x%evil.test@example.com'],
    ['a bang path', 'evil.test!x@example.com'],
    ['an option', '-oQ/tmp@example.com'],
    ['a domain literal', 'a@[192.0.2.1]'],
    ['a trailing dot', 'a@example.com.'],
    ['two at signs', 'a@evil.test@example.com'],
    ['a domain of one label', 'a@localhost'],
    ['an address for a domain', 'a@192.0.2.1'],
    ['a domain of other letters', 'a@ex\u0430mple.com'],
    ['a full-width at sign', 'x\uff20evil.test@example.com'],
    ['NUL', 'a@example.com\0'],
    ['no address', 'example.com'],
    ['an object', { email: 'a@example.com' }],
    ['a number in a list', [5]],
    ['a list in a list', [['a@example.com']]],
  ])('cannot decide on %s', (_name, address) => {
    expect(ask('email_domain_in', domains, address)).toBe('?');
  });

  test('a long hostile text costs little', () => {
    for (const text of [
      'a'.repeat(99_000),
      ' '.repeat(99_000),
      'a.'.repeat(49_000),
      `a@${'a.'.repeat(49_000)}`,
      'a@example.com,'.repeat(7000),
      `A${' -'.repeat(49_000)}<`,
    ]) {
      const start = performance.now();
      expect(ask('email_domain_in', domains, text)).toBe('?');
      expect(performance.now() - start).toBeLessThan(500);
    }
  });
});

describe('argv_in', () => {
  const commands = { value: ['ls', 'ls -l', 'git status', 'git show *', 'kubectl get pods -n *', 'cat **'] };

  test.each<[string, JsonValue]>([
    ['T', 'ls'],
    ['T', 'ls  -l'],
    ['T', 'git show HEAD'],
    ['T', ['git', 'show', 'HEAD']],
    ['T', 'kubectl get pods -n team-a'],
    ['T', 'cat'],
    ['T', 'cat a.txt b/c.txt'],
    ['F', 'ls -a'],
    ['F', 'lsof'],
    ['F', '/bin/ls'],
    ['F', 'rm -rf /'],
    ['F', 'git show'],
    ['F', 'git show HEAD HEAD'],
    ['F', 'git show --output=x'],
    ['F', 'git show -p'],
    ['F', 'git --exec-path=x status'],
    ['F', 'kubectl get pods -n --server=https://evil.test'],
    ['F', 'cat -n'],
    ['F', 'cat a -- -b'],
    ['F', 'cat @files'],
    ['F', 'cat +x'],
  ])('%s: %j', (expected, command) => {
    expect(ask('argv_in', commands, command)).toBe(expected);
  });

  test.each<[string, JsonValue]>([
    ['a separator', 'ls; rm -rf /'],
    ['a line break', 'ls\nrm -rf /'],
    ['a carriage return', 'ls\rrm'],
    ['a tab', 'ls\t-l'],
    ['a pipe', 'ls | sh'],
    ['a pipe without spaces', 'ls|sh'],
    ['background', 'ls & rm'],
    ['and', 'ls && rm'],
    ['a redirection', 'ls > /etc/passwd'],
    ['a substitution', 'ls $(id)'],
    ['backticks', 'ls `id`'],
    ['a variable', 'cat $HOME'],
    ['a quote', "cat 'a b'"],
    ['double quotes', 'cat "a"'],
    ['an escape', 'cat a\\ b'],
    ['a wildcard', 'cat *'],
    ['a question mark', 'cat ?'],
    ['brackets', 'cat [ab]'],
    ['braces', 'cat {a,b}'],
    ['home', 'cat ~/.ssh/id_rsa'],
    ['history', 'cat !!'],
    ['a comment', 'ls # x'],
    ['a variable of Windows', 'cat %PATH%'],
    ['a caret', 'cat ^a'],
    ['parentheses', '(ls)'],
    ['NUL', 'ls\0'],
    ['a no-break space', 'ls\u00a0-l'],
    ['full-width letters', '\uff4cs'],
    ['a word with a space', ['git', 'show', 'a b']],
    ['a command in one word', ['git status']],
    ['an empty word', ['ls', '']],
    ['a number in a list', ['cat', 5]],
    ['nothing', ''],
    ['spaces', '  '],
    ['an empty list', []],
    ['an object', { cmd: 'ls' }],
    ['too many words', Array.from({ length: 1001 }, () => 'a')],
  ])('cannot decide on %s', (_name, command) => {
    expect(ask('argv_in', commands, command)).toBe('?');
  });

  test('what is no plain command is no value', () => {
    for (const command of ['', ' ls', 'ls  -l', 'ls; rm', '*', '** a', 'a ** b', 'a *b', 'a "b"']) {
      expect([command, isValid('argv_in', { value: [command] })]).toEqual([command, false]);
    }
  });
});

describe('sql_read_only', () => {
  const sql = (text: JsonValue) => ask('sql_read_only', { value: true, dialect: 'postgresql' }, text);

  test.each([
    'SELECT 1',
    'select 1;',
    'TABLE users',
    'VALUES (1, 2)',
    "SELECT id, name AS n FROM public.users u WHERE u.id = $1 AND name LIKE 'a%' ORDER BY 1 DESC NULLS LAST LIMIT 10 OFFSET 5",
    'SELECT count(*) FILTER (WHERE ok), sum(x) OVER (PARTITION BY y ORDER BY z ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t GROUP BY GROUPING SETS ((a), (b)) HAVING max(x) > 1',
    'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r',
    "SELECT '2027-01-01'::date + interval '1 day', CAST(x AS numeric(10, 2)), x::int[] FROM t",
    'SELECT DISTINCT ON (a) a, b FROM t LEFT JOIN LATERAL (SELECT 1) s ON true CROSS JOIN generate_series(1, 3) AS g(i)',
    'SELECT CASE WHEN a IS NULL THEN 1 ELSE COALESCE(b, GREATEST(1, 2)) END, NULLIF(a, 0), ARRAY[1, 2], ROW(1, 2), (a).b, c[1:2] FROM t',
    'SELECT a FROM t WHERE a IN (1, 2) AND b BETWEEN 1 AND 2 AND c NOT IN (SELECT 1) AND EXISTS (SELECT 1) AND d = ANY(ARRAY[1]) AND e IS DISTINCT FROM 1',
    "SELECT doc->>'a', doc @> '{}', extract(year FROM now()), position('a' IN b), substring(a FROM 1 FOR 2), trim(both ' ' from a), a SIMILAR TO 'x', a AT TIME ZONE 'UTC' FROM t",
    'SELECT current_date, current_user, version()',
    'SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM t',
    'SELECT relname, pg_catalog.pg_total_relation_size(oid) FROM pg_catalog.pg_class',
    'SELECT 1 UNION SELECT 2 INTERSECT SELECT 3',
    'EXPLAIN SELECT 1',
    'EXPLAIN (VERBOSE, FORMAT json) SELECT * FROM t',
    'SHOW search_path',
    '/* a comment */ SELECT 1 -- and another',
    "SELECT 'drop table users; --'",
    'SELECT "delete" FROM "update"',
    "SELECT a ~ '^\\d+$' FROM t",
    "SELECT $$it's$$",
    "SELECT * FROM json_to_recordset('[]') AS x(a int, b text)",
  ])('T: %s', (text) => {
    expect(sql(text)).toBe('T');
  });

  test.each([
    'INSERT INTO t VALUES (1)',
    'UPDATE t SET a = 1',
    'DeLeTe\u000bFROM t',
    'DELETE FROM t',
    'MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE',
    'TRUNCATE t',
    'DROP TABLE t',
    'CREATE TABLE t (a int)',
    'CREATE TABLE t AS SELECT 1',
    'ALTER TABLE t ADD a int',
    'GRANT ALL ON t TO x',
    'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
    'REFRESH MATERIALIZED VIEW v',
  ])('F: %s', (text) => {
    expect(sql(text)).toBe('F');
  });

  test.each([
    ['two statements', 'SELECT 1; SELECT 2'],
    ['a commit that escapes', 'SELECT 1; COMMIT; DROP SCHEMA public CASCADE'],
    ['SELECT INTO', 'SELECT * INTO t2 FROM t'],
    ['SELECT INTO in a union', 'SELECT 1 INTO t2 UNION SELECT 2'],
    ['a write inside WITH', 'WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x'],
    [
      'a write inside WITH of a subquery',
      'SELECT * FROM (WITH x AS (INSERT INTO t VALUES (1) RETURNING 1) SELECT * FROM x) y',
    ],
    ['FOR UPDATE', 'SELECT * FROM t FOR UPDATE'],
    ['FOR SHARE in a subquery', 'SELECT * FROM (SELECT 1 FROM t FOR SHARE) x'],
    ['COPY to a program', "COPY t TO PROGRAM 'sh'"],
    ['COPY from a file', "COPY t FROM '/etc/passwd'"],
    ['COPY to the client', 'COPY t TO STDOUT'],
    ['EXPLAIN ANALYZE', 'EXPLAIN ANALYZE SELECT 1'],
    ['EXPLAIN with analyze as an option', 'EXPLAIN (ANALYZE true) SELECT 1'],
    ['EXPLAIN of a write', 'EXPLAIN DELETE FROM t'],
    ['EXPLAIN of CREATE TABLE AS', 'EXPLAIN CREATE TABLE x AS SELECT 1'],
    ['a sequence', "SELECT nextval('s')"],
    ['setting a sequence', "SELECT setval('s', 1)"],
    ['a setting', "SELECT set_config('log_statement', 'none', false)"],
    ['waiting', 'SELECT pg_sleep(10)'],
    ['waiting with its schema', 'SELECT pg_catalog.pg_sleep(10)'],
    ['waiting in quotes', 'SELECT "pg_sleep"(10)'],
    ['waiting in Unicode escapes', 'SELECT U&"\\0070g_sleep"(10)'],
    ['waiting in a FROM', 'SELECT * FROM pg_sleep(10)'],
    ['waiting in ROWS FROM', 'SELECT * FROM ROWS FROM (generate_series(1,2), pg_sleep(1))'],
    ['waiting in a filter', 'SELECT count(*) FILTER (WHERE pg_sleep(1) IS NULL) FROM t'],
    ['waiting in ORDER BY', 'SELECT 1 ORDER BY pg_sleep(1)'],
    ['waiting in LIMIT', 'SELECT 1 LIMIT (SELECT 1 FROM pg_sleep(1))'],
    ['waiting in a window', 'SELECT sum(1) OVER (ORDER BY pg_sleep(1))'],
    ['waiting in VALUES', 'VALUES (pg_sleep(1))'],
    ['waiting in a sample', 'SELECT * FROM t TABLESAMPLE system (1)'],
    ['a file', "SELECT pg_read_file('/etc/passwd')"],
    ['a binary file', "SELECT pg_read_binary_file('x')"],
    ['a folder', "SELECT pg_ls_dir('/')"],
    ['a large object', "SELECT lo_import('/etc/passwd')"],
    ['exporting a large object', "SELECT lo_export(1, '/tmp/x')"],
    ['another database', "SELECT * FROM dblink('dbname=x', 'DROP TABLE t') AS x(a text)"],
    ['ending a backend', 'SELECT pg_terminate_backend(1)'],
    ['reloading', 'SELECT pg_reload_conf()'],
    ['a lock', 'SELECT pg_advisory_lock(1)'],
    ['a notification', "SELECT pg_notify('c', 'x')"],
    ['running a text as SQL', "SELECT query_to_xml('delete from t', true, true, '')"],
    ['a function that somebody wrote', 'SELECT my_function()'],
    ['a function of another schema', 'SELECT public.lower(a) FROM t'],
    ['an operator of another schema', 'SELECT 1 OPERATOR(public.+) 2'],
    ['an operator that somebody made', 'SELECT a @#@ b FROM t'],
    ['an order by such an operator', 'SELECT a FROM t ORDER BY a USING @#@'],
    ['a type that somebody made', "SELECT 'x'::my_domain"],
    ['a type of another schema', "SELECT 'x'::public.text"],
    ['DO', 'DO $$ BEGIN DELETE FROM t; END $$'],
    ['CALL', 'CALL p()'],
    ['PREPARE', 'PREPARE p AS DELETE FROM t'],
    ['EXECUTE', 'EXECUTE p'],
    ['SET', 'SET role postgres'],
    ['BEGIN', 'BEGIN'],
    ['LISTEN', 'LISTEN c'],
    ['LOCK', 'LOCK TABLE t'],
    ['DECLARE', 'DECLARE c CURSOR FOR SELECT 1'],
    ['what does not parse', 'SELEC 1'],
    ['a command of psql', 'SELECT 1 \\gexec'],
    ['NUL', 'SELECT 1\0; DROP TABLE t'],
    ['a backslash before a quote', "SELECT '\\'; DROP TABLE t; --'"],
    ['an escape string', "SELECT E'\\'; DROP TABLE t; --'"],
    ['nothing', ''],
    ['a comment only', '-- SELECT 1'],
    ['a comment of MySQL that runs there', '/*! DELETE FROM t */'],
    ['a dialect that is not this one', 'SELECT `a` FROM t'],
    ['too long', `SELECT ${'1,'.repeat(6000)}1`],
    ['too many comments', `SELECT 1 ${'/**/'.repeat(60)}`],
    ['a list', ['SELECT 1']],
  ])('cannot decide on %s', (_name, text) => {
    expect(sql(text)).toBe('?');
  });

  test('a statement of the greatest length and depth is decided without running out of stack', () => {
    for (const text of [
      `SELECT 1${'+1'.repeat(4990)}`,
      `SELECT ${'('.repeat(2000)}1${')'.repeat(2000)}`,
      `SELECT ${'NOT '.repeat(2400)}true`,
      `SELECT 1${'::int'.repeat(1990)}`,
      `SELECT 1${' UNION SELECT 1'.repeat(660)}`,
    ]) {
      expect(['T', '?']).toContain(sql(text));
    }
    expect(sql('SELECT 1')).toBe('T');
  });

  test('without its parser a policy does not compile', () => {
    const source = condition.parse({ path: 'args.v', op: 'sql_read_only', value: true, dialect: 'postgresql' });
    expect(compileCondition(source, '', {}).ok).toBe(false);
    expect(isValid('sql_read_only', { value: true })).toBe(false);
    expect(isValid('sql_read_only', { value: true, dialect: 'mysql' })).toBe(false);
    expect(isValid('sql_read_only', { value: false, dialect: 'postgresql' })).toBe(false);
  });
});

test('no semantic operator throws on any text', () => {
  const conditions: [string, object][] = [
    ['host_in', { value: ['a.com'] }],
    ['path_under', { value: ['/a'] }],
    ['cidr_in', { value: ['10.0.0.0/8'] }],
    ['email_domain_in', { value: ['a.com'] }],
    ['argv_in', { value: ['a *'] }],
    ['sql_read_only', { value: true, dialect: 'postgresql' }],
  ];
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.webUrl(),
    fc.emailAddress(),
    fc.ipV6(),
    fc
      .array(fc.constantFrom('SELECT', ' ', '1', '(', ')', "'", '--', '/*', 'a', ',', 'FROM', ';', '::'))
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(fc.constantFrom(...conditions), text, ([op, fields], given) => {
      expect(['T', 'F', '?']).toContain(ask(op, fields, given));
    }),
    { numRuns: 3000 },
  );
});
