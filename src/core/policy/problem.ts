/** One thing that is wrong with a policy document, said so that its author can find and mend it. */
export interface PolicyProblem {
  /** JSON Pointer (RFC 6901) of the place in the document; empty for the document as a whole. */
  readonly pointer: string;
  /** One sentence: what is wrong and what was expected. */
  readonly message: string;
  /** What was probably meant: ``did you mean `max`?`` */
  readonly hint?: string;
  /** Place in the source text, both counted from 1; a column counts UTF-16 units, as editors do. Known where a text was parsed. */
  readonly line?: number;
  readonly column?: number;
}

/** A document with more problems than this is reported up to here; nobody reads on, and the list must stay bounded. */
export const problemsMax = 500;
