import { isJsonObject, type JsonObject, type JsonValue, ownMember } from '../json/value.ts';
import { type Dialect, dialectOf } from './dialect.ts';
import { subschemasOf } from './positions.ts';
import type { Resource } from './resource.ts';

/** Where a subschema lies: in which resource, and at which place of the document. */
export interface Located {
  readonly schema: JsonObject | boolean;
  readonly resource: Resource;
  readonly pointer: string;
}

/**
 * One schema document with everything in it that can be referred to. References reach nothing outside it: nothing is ever
 * fetched (2026-07-28, basic: implementations MUST NOT dereference network references by themselves).
 */
export class SchemaDocument {
  readonly root: Located;
  readonly dialect: Dialect;
  readonly problems: string[] = [];
  readonly #resources = new Map<string, Resource>();
  readonly #located = new Map<JsonObject, Located>();

  constructor(schema: JsonObject | boolean, dialect: Dialect) {
    this.dialect = dialect;
    const resource = newResource(ownAddress, schema);
    this.#resources.set(ownAddress, resource);
    this.root = this.#index(schema, resource, '');
  }

  /** The subschema at a place below one that is known. */
  below(parent: Located, schema: JsonObject | boolean, path: readonly (string | number)[]): Located {
    const known = typeof schema === 'boolean' ? undefined : this.#located.get(schema);
    return known ?? { schema, resource: parent.resource, pointer: pointerBelow(parent.pointer, path) };
  }

  /** What a reference means, seen from a resource; undefined when it is not in this document. */
  resolve(reference: string, from: Resource): Located | undefined {
    const uri = parseUri(reference, from.uri);
    const resource = uri && this.#resources.get(uri.address);
    if (uri === undefined || resource === undefined) return undefined;
    const target = uri.fragment.startsWith('/')
      ? this.#atPointer(resource, uri.fragment)
      : uri.fragment === ''
        ? resource.root
        : resource.anchors.get(uri.fragment);
    if (target === undefined) return undefined;
    if (typeof target === 'boolean') return { schema: target, resource, pointer: uri.fragment };
    return this.#located.get(target);
  }

  /** All subschemas that a dynamic reference by this name may come to mean. */
  withDynamicAnchor(name: string): Located[] {
    return [...this.#resources.values()].flatMap((resource) => this.located(resource.dynamicAnchors.get(name)));
  }

  withRecursiveAnchor(): Located[] {
    return [...this.#resources.values()]
      .filter((resource) => resource.isRecursiveAnchor)
      .flatMap(({ root }) => this.located(typeof root === 'boolean' ? undefined : root));
  }

  located(schema: JsonObject | undefined): Located[] {
    const known = schema && this.#located.get(schema);
    return known === undefined ? [] : [known];
  }

  #index(schema: JsonObject | boolean, around: Resource, pointer: string): Located {
    if (typeof schema === 'boolean') return { schema, resource: around, pointer };
    const resource = this.#resourceOf(schema, around, pointer);
    const located = { schema, resource, pointer };
    this.#located.set(schema, located);
    for (const [keyword, anchors] of [
      ['$anchor', [resource.anchors]],
      ['$dynamicAnchor', [resource.anchors, resource.dynamicAnchors]],
    ] as const) {
      const name = this.dialect.unknown.has(keyword) ? undefined : ownMember(schema, keyword);
      if (typeof name === 'string') for (const map of anchors) this.#name(map, name, schema, pointer);
      else if (name !== undefined) this.problems.push(`${pointer}/${keyword} is not a string`);
    }
    for (const { schema: inner, path } of subschemasOf(schema, this.dialect)) {
      if (typeof inner === 'boolean' || isJsonObject(inner)) this.#index(inner, resource, pointerBelow(pointer, path));
    }
    return located;
  }

  /** The resource that a schema begins, or the one around it. */
  #resourceOf(schema: JsonObject, around: Resource, pointer: string): Resource {
    const declared = dialectOf(schema);
    if (Object.hasOwn(schema, '$schema') && declared !== this.dialect) {
      this.problems.push(`${pointer}/$schema names another dialect than the document`);
    }
    const id = ownMember(schema, '$id');
    // draft-07 §8.3: siblings of `$ref` are ignored, `$id` too.
    if (id === undefined || (this.dialect.refIsAlone && Object.hasOwn(schema, '$ref'))) return around;
    const uri = typeof id === 'string' ? parseUri(id, around.uri) : undefined;
    if (uri === undefined || (uri.fragment !== '' && !this.dialect.refIsAlone)) {
      this.problems.push(`${pointer}/$id is not an address`);
      return around;
    }
    let resource = around;
    if (uri.address !== around.uri) {
      // Addresses are compared once: a second schema with the same one would make references ambiguous.
      if (this.#resources.has(uri.address)) this.problems.push(`${pointer}/$id is an address that is taken`);
      resource = newResource(uri.address, schema);
      this.#resources.set(uri.address, resource);
    }
    if (uri.fragment !== '') this.#name(resource.anchors, uri.fragment, schema, pointer);
    return resource;
  }

  #name(anchors: Map<string, JsonObject>, name: string, schema: JsonObject, pointer: string): void {
    if (anchors.has(name) && anchors.get(name) !== schema) this.problems.push(`${pointer} has an anchor that is taken`);
    anchors.set(name, schema);
  }

  #atPointer(start: Resource, pointer: string): JsonObject | boolean | undefined {
    let value: JsonValue | undefined = start.root;
    let resource = start;
    for (const token of pointer.slice(1).split('/')) {
      const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
      if (Array.isArray(value))
        value = /^(?:0|[1-9]\d*)$/.test(name) ? (value as readonly JsonValue[])[Number(name)] : undefined;
      else value = value !== undefined && isJsonObject(value) ? ownMember(value, name) : undefined;
      if (value !== undefined && isJsonObject(value)) resource = this.#located.get(value)?.resource ?? resource;
    }
    if (typeof value === 'boolean') return value;
    if (value === undefined || !isJsonObject(value)) return undefined;
    // A reference may point to where no schema is expected (`#/components/schemas/x`); it is one from then on.
    if (!this.#located.has(value)) this.#index(value, resource, pointer);
    return value;
  }
}

/** A document without an address still has places that references count from. Nothing can be at this one. */
const ownAddress = 'schema://this-document/';

function newResource(uri: string, root: JsonObject | boolean): Resource {
  const isRecursiveAnchor = typeof root !== 'boolean' && ownMember(root, '$recursiveAnchor') === true;
  return { uri, root, anchors: new Map(), dynamicAnchors: new Map(), isRecursiveAnchor };
}

function parseUri(reference: string, base: string): { address: string; fragment: string } | undefined {
  try {
    const url = new URL(reference, base);
    const fragment = decodeURIComponent(url.hash.replace(/^#/, ''));
    url.hash = '';
    return { address: url.href.replace(/#$/, ''), fragment };
  } catch {
    return undefined;
  }
}

export function pointerBelow(pointer: string, path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (sum, part) => `${sum}/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`,
    pointer,
  );
}
