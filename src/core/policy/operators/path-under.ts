import { z } from 'zod';
import { ok } from '../../result.ts';
import { anyOf, type CannotDecide, cannotDecide, type Outcome, operator } from './operator.ts';

/**
 * Decides on paths that mean the same to whoever opens them: read as they are, percent-decoded, and in Unicode's
 * compatibility form, they have to be plain and give one answer. Links and mounts on the server are beyond it.
 */
export const pathUnder = operator({
  op: 'path_under',
  summary:
    'The value is a path that is one of these folders or inside one. Relative folders take relative paths, absolute ones absolute paths. `..`, NUL, backslashes, schemes, `~`, `$`, UNC, double encoding, trailing dots and spaces, and whatever else could be read in two ways cannot be decided.',
  fields: {
    value: z
      .array(
        z.string().refine((text) => text.length <= lengthMax && !('cannotDecide' in read(text)), {
          error: 'a folder is expected, such as `/srv/data` or `docs`, without `..`, `~`, `$` or backslashes',
        }),
        { error: 'a list of folders is expected' },
      )
      .min(1)
      .max(1000),
  },
  describe: ({ value }) => `is a path under ${anyOf(value)}`,
  compile: ({ value }) => {
    const folders = value.map(read).filter((folder): folder is PlainPath => !('cannotDecide' in folder));
    return ok({ test: (given) => (typeof given === 'string' ? isUnder(given, folders) : mustBePath), absent: false });
  },
});

function isUnder(text: string, folders: readonly PlainPath[]): Outcome {
  if (text.length > lengthMax) return tooLong;
  const readings = readingsOf(text);
  if ('cannotDecide' in readings) return readings;
  let outcome: boolean | undefined;
  for (const path of readings) {
    // A relative path starts wherever the server happens to stand.
    const comparable = folders.filter((folder) => folder.isAbsolute === path.isAbsolute);
    if (comparable.length === 0) return path.isAbsolute ? mustBeRelative : mustBeAbsolute;
    const isInside = comparable.some((folder) => startsWith(path.segments, folder.segments));
    // Not inside by a difference in case only: some file systems do not see it.
    if (!isInside && comparable.some((folder) => startsWith(path.segments.map(fold), folder.segments.map(fold))))
      return caseMatters;
    if (outcome !== undefined && outcome !== isInside) return ambiguous;
    outcome = isInside;
  }
  return outcome ?? mustBePath;
}

interface PlainPath {
  readonly isAbsolute: boolean;
  readonly segments: readonly string[];
}

const lengthMax = 4096;

/** What a path says as it is, decoded, and normalised; or why one of these readings is not plain. */
function readingsOf(text: string): readonly PlainPath[] | CannotDecide {
  const decoded = decode(text);
  if (typeof decoded !== 'string') return decoded;
  const paths: PlainPath[] = [];
  for (const reading of new Set([
    text,
    decoded,
    text.normalize('NFKC'),
    decoded.normalize('NFKC'),
    text.normalize('NFD'),
  ])) {
    const path = read(reading);
    if ('cannotDecide' in path) return path;
    paths.push(path);
  }
  return paths;
}

function decode(text: string): string | CannotDecide {
  if (!text.includes('%')) return text;
  try {
    const decoded = decodeURIComponent(text);
    return /%[0-9a-fA-F]{2}/.test(decoded) ? doublyEncoded : decoded;
  } catch {
    // Not UTF-8, or a percent sign that encodes nothing.
    return oddEncoding;
  }
}

function read(text: string): PlainPath | CannotDecide {
  if (text === '') return mustBePath;
  // oxlint-disable-next-line no-control-regex -- that is what is looked for
  if (/[\0-\x1f\x7f-\x9f\u2028\u2029\ufeff]/.test(text)) return hasControls;
  if (text.includes('\\')) return hasBackslash;
  if (/[$`]/.test(text)) return hasExpansion;
  if (text.startsWith('//')) return isUnc;
  if (/^[^/]*:/.test(text)) return hasScheme;
  const isAbsolute = text.startsWith('/');
  const segments = text.split('/').filter((segment) => segment !== '' && segment !== '.');
  for (const segment of segments) {
    if (segment === '..') return hasDots;
    if (segment.startsWith('~')) return hasExpansion;
    if (/^\s|[\s.]$/.test(segment)) return hasTrailingDots;
  }
  return { isAbsolute, segments };
}

function startsWith(segments: readonly string[], folder: readonly string[]): boolean {
  return (
    folder.length <= segments.length &&
    folder.every((segment, index) => segment.normalize('NFC') === segments[index]?.normalize('NFC'))
  );
}

function fold(segment: string): string {
  return segment.normalize('NFKC').toUpperCase().toLowerCase();
}

const mustBePath = cannotDecide('must be a path');
const tooLong = cannotDecide('must be a path of at most 4,096 characters');
const mustBeAbsolute = cannotDecide('must be an absolute path');
const mustBeRelative = cannotDecide('must be a relative path');
const caseMatters = cannotDecide('must be a path in the same upper and lower case as the folder');
const ambiguous = cannotDecide('must be a path that means the same however it is read');
const doublyEncoded = cannotDecide('must not be encoded twice');
const oddEncoding = cannotDecide('must be a path whose percent signs are encoded as `%25`');
const hasControls = cannotDecide('must be a path without control characters');
const hasBackslash = cannotDecide('must be a path without backslashes');
const hasExpansion = cannotDecide('must be a path without `~`, `$` and backticks that a shell would replace');
const isUnc = cannotDecide('must be a path that does not begin with two slashes');
const hasScheme = cannotDecide('must be a path without a scheme or drive');
const hasDots = cannotDecide('must be a path without `..`');
const hasTrailingDots = cannotDecide('must be a path whose parts do not begin with spaces or end with dots or spaces');
