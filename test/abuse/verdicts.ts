/** The feature that a case is about does not exist. */
export class NotYet extends Error {}
