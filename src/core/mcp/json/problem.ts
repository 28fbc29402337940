/** Why a text was refused as JSON. */
export type JsonProblemReason = keyof typeof SENTENCES;

/** A refusal that is safe to show to whoever sent the text: it says what and where, and quotes nothing. */
export interface JsonProblem {
  readonly reason: JsonProblemReason;
  /** Where: counted from 0 in `unit`. For a string, key or number as a whole, its first character. */
  readonly offset: number;
  /** What `offset` counts: bytes of UTF-8, or UTF-16 code units of a text that came decoded. */
  readonly unit: 'byte' | 'character';
  /** One sentence. */
  readonly text: string;
}

const SENTENCES = {
  too_large: 'The text is larger than the limit',
  ill_formed_utf8: 'The text is not well-formed UTF-8',
  byte_order_mark: 'The text begins with a byte order mark',
  lone_surrogate: 'A string holds half of a surrogate pair',
  too_deep: 'Objects and arrays are nested deeper than the limit',
  too_many_nodes: 'There are more values and keys than the limit',
  string_too_long: 'A string is longer than the limit',
  duplicate_key: 'A key occurs twice in one object',
  nul_in_key: 'A key holds the character U+0000',
  invalid_number: 'A number is not written as JSON writes numbers',
  number_too_long: 'A number has more than 64 digits',
  number_out_of_range: 'A number is outside the range of a double, or its exponent is beyond 308',
  control_character: 'A string holds a control character that is not escaped',
  invalid_escape: 'A string holds an escape that JSON does not have',
  unterminated_string: 'A string is not closed',
  trailing_comma: 'A comma is followed by no further member',
  comment: 'JSON has no comments',
  unexpected_character: 'A character stands where JSON allows none like it',
  unexpected_end: 'The text ends too early',
  trailing_text: 'Something follows the value',
} as const;

/** The problem with its sentence. */
export function jsonProblem(reason: JsonProblemReason, offset: number, unit: JsonProblem['unit']): JsonProblem {
  return { reason, offset, unit, text: `${SENTENCES[reason]} (${unit} ${offset}).` };
}
