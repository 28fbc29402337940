import { z } from 'zod';
import type { JsonValue } from '../../mcp/json/value.ts';
import { ok } from '../../result.ts';
import { anyOf, type CannotDecide, cannotDecide, operator } from './operator.ts';

/**
 * Decides on commands of plain words with spaces between, which every shell and every splitter reads alike. What the
 * program then does with its words is beyond it.
 */
export const argvIn = operator({
  op: 'argv_in',
  summary:
    'The value is a command, as text or as a list of words, that is one of these, word by word. In the policy `*` stands for one word that is no option (does not begin with `-`, `+` or `@`), and `**` at the end for any number of them. Quotes, variables, wildcards, redirections, separators and all other shell syntax cannot be decided.',
  fields: {
    value: z
      .array(
        z.string().refine((text) => parseCommand(text) !== undefined, {
          error:
            'a command of plain words is expected, such as `git status` or `git show *`, with `**` only at its end',
        }),
        { error: 'a list of commands is expected' },
      )
      .min(1)
      .max(1000),
  },
  describe: ({ value }) => `is the command ${anyOf(value)}`,
  compile: ({ value }) => {
    const commands = value.flatMap((text) => {
      const words = parseCommand(text);
      return words === undefined ? [] : [words];
    });
    return ok({
      test: (given) => {
        const words = wordsOf(given);
        return 'cannotDecide' in words ? words : commands.some((command) => isCommand(words, command));
      },
      absent: false,
    });
  },
});

const wordsMax = 1000;
const plainWord = /^[A-Za-z0-9_./:=@,+-]+$/;

function parseCommand(text: string): readonly string[] | undefined {
  const words = text.split(' ');
  const isPlain = words.every((word, index) => {
    if (word === '**') return index > 0 && index === words.length - 1;
    return word === '*' ? index > 0 : plainWord.test(word);
  });
  return isPlain ? words : undefined;
}

function wordsOf(given: JsonValue): readonly string[] | CannotDecide {
  // Array.isArray does not narrow a readonly array.
  const parts = Array.isArray(given)
    ? (given as readonly JsonValue[])
    : typeof given === 'string'
      ? split(given)
      : undefined;
  if (parts === undefined || parts.length === 0) return mustBeCommand;
  if (parts.length > wordsMax) return tooLong;
  const words: string[] = [];
  for (const part of parts) {
    if (typeof part !== 'string' || !plainWord.test(part)) return hasShellSyntax;
    words.push(part);
  }
  return words;
}

function split(text: string): readonly string[] {
  return text.split(' ').filter((word) => word !== '');
}

function isCommand(words: readonly string[], command: readonly string[]): boolean {
  const isOpen = command.at(-1) === '**';
  const fixed = isOpen ? command.length - 1 : command.length;
  if (isOpen ? words.length < fixed : words.length !== fixed) return false;
  return words.every((word, index) => {
    const wanted = index < fixed ? command[index] : '*';
    return wanted === '*' ? isOperand(word) : word === wanted;
  });
}

/** Programs take words that begin with these for options, commands, or files of further arguments. */
function isOperand(word: string): boolean {
  return !/^[-+@]/.test(word);
}

const mustBeCommand = cannotDecide('must be a command');
const tooLong = cannotDecide('must be a command of at most 1,000 words');
const hasShellSyntax = cannotDecide('must be a command of plain words, without any shell syntax');
