/** How much JSON a reader takes before it refuses. */
export interface JsonLimits {
  /** Largest text, in bytes of UTF-8. */
  readonly bytes: number;
  /** Deepest nesting of objects and arrays: `1` has depth 0, `[]` depth 1, `[{}]` depth 2. At most 1,000 is honoured. */
  readonly depth: number;
  /** Most nodes. Every value is one (objects and arrays too) and so is every key: `{"a":[1]}` has four. */
  readonly nodes: number;
  /** Longest string or key, decoded, in UTF-16 code units. Absent: only `bytes` bounds it. */
  readonly stringLength?: number;
}

/**
 * For what a client sends. 1 MiB holds a long file as an argument. Of 63 public servers none declares a schema deeper
 * than 23, so 64 is no hindrance, and 10,000 nodes cost the reader under 2 ms.
 */
export const CLIENT_MESSAGE_LIMITS: JsonLimits = { bytes: 1024 * 1024, depth: 64, nodes: 10_000 };

/**
 * For lists an upstream sends. The largest list of those 63 servers has 240 kB, 27,571 nodes and depth 23; this is
 * about twenty times that, and still read in well under a second.
 */
export const UPSTREAM_LIST_LIMITS: JsonLimits = { bytes: 16 * 1024 * 1024, depth: 64, nodes: 500_000 };
