import type { JsonObject } from '../json/value.ts';

/** A schema with an address of its own (2020-12 core §4.3.5): the document, or a part of it that has an `$id`. */
export interface Resource {
  readonly uri: string;
  readonly root: JsonObject | boolean;
  /** By plain name: `$anchor`, `$dynamicAnchor`, and in draft-07 an `$id` that is only a fragment. */
  readonly anchors: Map<string, JsonObject>;
  readonly dynamicAnchors: Map<string, JsonObject>;
  /** `$recursiveAnchor: true` at its root (2019-09). */
  readonly isRecursiveAnchor: boolean;
}
