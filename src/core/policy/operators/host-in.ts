import { z } from 'zod';
import { ok } from '../../result.ts';
import { type HostPattern, isAddress, isHostIn, parseHostPattern } from './host-pattern.ts';
import { anyOf, type CannotDecide, cannotDecide, type Outcome, operator } from './operator.ts';

/**
 * Decides on URLs that every parser reads alike, and on no others: an allowed scheme, `://`, a host of ASCII letters, no
 * user, no encoding, no port but an allowed one. What redirects, DNS and the path do to a request is beyond it.
 */
export const hostIn = operator({
  op: 'host_in',
  summary:
    'The value is a URL whose host is one of these: names, `*.example.com` for what is below a name, addresses only where they are listed. Other schemes than `schemes` (default: https), other ports than `ports` (default: that of the scheme), user names, and whatever parsers read differently cannot be decided.',
  fields: {
    value: z
      .array(
        z.string().refine((text) => parseHostPattern(text) !== undefined, {
          error: 'a host is expected, such as `api.example.com`, `*.example.com`, `192.0.2.1` or `[2001:db8::1]`',
        }),
        { error: 'a list of hosts is expected' },
      )
      .min(1)
      .max(1000),
    schemes: z
      .array(z.enum(['https', 'http', 'wss', 'ws', 'ftp']))
      .min(1)
      .optional(),
    ports: z.array(z.int().min(1).max(65_535)).min(1).max(100).optional(),
  },
  describe: ({ value, schemes = ['https'] }) => `is a URL (${schemes.join(', ')}) whose host is ${anyOf(value)}`,
  compile: ({ value, schemes = ['https'], ports }) => {
    const patterns = value.flatMap((text) => parseHostPattern(text) ?? []);
    const wrongScheme = cannotDecide(`must be a URL whose scheme is ${anyOf(schemes)}`);
    const wrongPort = cannotDecide(
      ports === undefined ? 'must be a URL with the default port' : `must be a URL whose port is ${anyOf(ports)}`,
    );
    return ok({
      test: (given) => {
        const url = typeof given === 'string' ? readUrl(given) : mustBeUrl;
        if ('cannotDecide' in url) return url;
        if (!schemes.some((scheme) => scheme === url.scheme)) return wrongScheme;
        if (ports === undefined ? url.port !== defaultPorts[url.scheme] : !ports.includes(url.port)) return wrongPort;
        return isAllowed(url.host, patterns);
      },
      absent: false,
    });
  },
});

function isAllowed(host: string, patterns: readonly HostPattern[]): Outcome {
  return isHostIn(host, patterns) || (isAddress(host) ? mustBeNamed : false);
}

interface PlainUrl {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
}

const lengthMax = 8192;
const defaultPorts: Readonly<Record<string, number>> = { https: 443, http: 80, wss: 443, ws: 80, ftp: 21 };

/** The parts of a URL on which RFC 3986 and WHATWG agree as the text is written, or why there are none. */
function readUrl(text: string): PlainUrl | CannotDecide {
  if (text.length > lengthMax) return tooLong;
  // WHATWG drops tabs and line breaks and turns backslashes; others do not.
  // oxlint-disable-next-line no-control-regex -- that is what is looked for
  if (/[\0-\x20\x7f-\xa0\u2028\u2029\ufeff\\]/.test(text)) return hasOddCharacters;
  const parts = /^([a-zA-Z]+):\/\/([^/?#]+)(?:[/?]|$)/.exec(text);
  const [, scheme, authority] = parts ?? [];
  if (scheme === undefined || authority === undefined) return mustBeUrl;
  // A user may follow what looks like the host, for parsers that let it: https://good#@evil/
  if (/^[^/]*:\/\/[^/]*@/.test(text)) return hasUser;
  const [, host, portText] = /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::([1-9][0-9]{0,4}))?$/.exec(authority) ?? [];
  if (host === undefined) return hasOddHost;

  const url = URL.parse(text);
  // Written in another form than the one that is compared: 0x7f.1, 127.1, example.com., trailing or empty labels.
  if (url === null || url.hostname !== host.toLowerCase() || /^\.|\.\.|\.$/.test(host)) return hasOddHost;
  const lowerScheme = scheme.toLowerCase();
  const port = portText === undefined ? (defaultPorts[lowerScheme] ?? 0) : Number(portText);
  return { scheme: lowerScheme, host: url.hostname, port };
}

const mustBeUrl = cannotDecide('must be a URL such as `https://example.com/path`');
const tooLong = cannotDecide('must be a URL of at most 8,192 characters');
const hasOddCharacters = cannotDecide('must be a URL without white space, control characters and backslashes');
const hasUser = cannotDecide('must be a URL without a user name');
const hasOddHost = cannotDecide('must be a URL whose host is written plainly, in ASCII and without encoding');
const mustBeNamed = cannotDecide('must be a URL with a host name; addresses count only where the policy lists them');
