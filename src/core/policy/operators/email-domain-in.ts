import { z } from 'zod';
import type { JsonValue } from '../../mcp/json/value.ts';
import { ok } from '../../result.ts';
import { anyOf, type CannotDecide, cannotDecide, type Outcome, operator } from './operator.ts';

/**
 * Decides on addresses as people write them: `name@example.com`, `Name <name@example.com>`, several with commas between,
 * or a list of such texts. It is a subset of RFC 5322 that no mail program reads in another way; quoted names, comments,
 * groups, routes, encoded words and domain literals are how recipients are hidden, so they cannot be decided.
 */
export const emailDomainIn = operator({
  op: 'email_domain_in',
  summary:
    'The value is an address, several with commas between, or a list of these, and every address is in one of these domains (`example.com`, `*.example.com` for what is below it). If some are and some are not it cannot be decided, nor can whatever mail programs read differently.',
  fields: {
    value: z
      .array(
        z
          .string()
          .max(253)
          .regex(
            /^(?:\*\.)?(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$/,
            {
              error: 'a domain is expected, such as `example.com` or `*.example.com`',
            },
          ),
        { error: 'a list of domains is expected' },
      )
      .min(1)
      .max(1000),
  },
  describe: ({ value }) => `has only addresses in ${anyOf(value)}`,
  compile: ({ value }) => {
    const domains = value.map((domain) => domain.toLowerCase());
    const isIn = (domain: string) =>
      domains.some((wanted) => (wanted.startsWith('*.') ? domain.endsWith(wanted.slice(1)) : domain === wanted));
    return ok({ test: (given) => areAllIn(given, isIn), absent: false });
  },
});

function areAllIn(given: JsonValue, isIn: (domain: string) => boolean): Outcome {
  // Array.isArray does not narrow a readonly array.
  const texts = Array.isArray(given) ? (given as readonly JsonValue[]) : [given];
  if (texts.length === 0) return mustNotBeEmpty;
  let outcome: boolean | undefined;
  for (const text of texts) {
    const domains = typeof text === 'string' ? domainsIn(text) : mustBeAddresses;
    if ('cannotDecide' in domains) return domains;
    for (const domain of domains) {
      const isInside = isIn(domain);
      if (outcome !== undefined && outcome !== isInside) return isMixed;
      outcome = isInside;
    }
  }
  return outcome ?? mustBeAddresses;
}

const lengthMax = 100_000;

/** The domains of the addresses in a text, in lower case, or why they cannot be told. */
function domainsIn(text: string): readonly string[] | CannotDecide {
  if (text.length > lengthMax) return tooLong;
  const domains: string[] = [];
  for (const part of text.split(',')) {
    const domain = (bareAddress.exec(part) ?? namedAddress.exec(part))?.[1];
    if (domain === undefined || domain.length > 253) return mustBeAddresses;
    domains.push(domain.toLowerCase());
  }
  return domains;
}

// Without `%`, `!` and a leading hyphen, which old mail programs take for routes and options.
const local = String.raw`[A-Za-z0-9_'+=&~](?:\.?[A-Za-z0-9_'+=&~-]){0,63}`;
const domain = String.raw`(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?`;
const bareAddress = new RegExp(`^ *${local}@(${domain}) *$`);
const namedAddress = new RegExp(`^ *[A-Za-z0-9][A-Za-z0-9' -]{0,99} *<${local}@(${domain})> *$`);

const mustBeAddresses = cannotDecide('must be plain email addresses such as `name@example.com`');
const mustNotBeEmpty = cannotDecide('must have at least one address');
const tooLong = cannotDecide('must be at most 100,000 characters of addresses');
const isMixed = cannotDecide('must have all its addresses inside the domains or all outside');
