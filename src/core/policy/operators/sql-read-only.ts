import { z } from 'zod';
import { err, ok } from '../../result.ts';
import { cannotDecide, type Outcome, operator, type SqlParser } from './operator.ts';
import { judgePostgresql } from './sql/postgresql-read-only.ts';

/**
 * Decides on one statement: true when the database's own parser and a table of what may occur in it prove that it only
 * reads, false when it is a statement that writes. A request to only read is no proof; a role without the right to write
 * is the better guard where there can be one.
 */
export const sqlReadOnly = operator({
  op: 'sql_read_only',
  summary:
    'The value is one SQL statement that provably only reads: by the parser of the dialect and an allow-list of its node kinds, functions, types and operators. A statement that writes is false; several statements, functions that are not in the list, and what does not parse cannot be decided.',
  fields: {
    value: z.literal(true),
    dialect: z.literal('postgresql').describe('The dialect of the database; there is only `postgresql` so far.'),
  },
  describe: () => 'is one SQL statement that only reads',
  compile: (_condition, { sql }) => {
    const parse = sql?.postgresql;
    if (parse === undefined) return err('The PostgreSQL parser that `sql_read_only` needs is not loaded here.');
    return ok({ test: (given) => (typeof given === 'string' ? judge(given, parse) : mustBeStatement), absent: false });
  },
});

/**
 * Characters of a statement. The parser recurses, and with 32,000 characters of `1+1+1…` it runs out of stack; nested
 * comments cost it the square of their number.
 */
const lengthMax = 10_000;
const commentsMax = 50;

function judge(text: string, parse: SqlParser): Outcome {
  if (text.length > lengthMax) return tooLong;
  // The parser stops at NUL; what is behind it would go unseen.
  if (text.includes('\0')) return hasNul;
  // Whether this closes a string depends on a setting of the server (standard_conforming_strings).
  if (/\\'/.test(text)) return hasEscapedQuote;
  if (text.split('/*').length > commentsMax) return tooManyComments;
  switch (judgePostgresql(parse(text))) {
    case 'reads':
      return true;
    case 'writes':
      return false;
    default:
      return mustBeProven;
  }
}

const mustBeStatement = cannotDecide('must be one SQL statement');
const tooLong = cannotDecide('must be one SQL statement of at most 10,000 characters');
const hasNul = cannotDecide('must be one SQL statement without NUL characters');
const hasEscapedQuote = cannotDecide('must be one SQL statement without a backslash before a quote');
const tooManyComments = cannotDecide('must be one SQL statement with at most 50 comments');
const mustBeProven = cannotDecide(
  'must be one SQL statement that provably only reads, with built-in functions, types and operators alone',
);
