/** The JSON Pointer (RFC 6901) of a member or element of what `base` points to. */
export function childPointer(base: string, key: string | number): string {
  return typeof key === 'number' ? `${base}/${key}` : `${base}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The JSON Pointer of a path of keys and indexes from the root. */
export function pointerOf(path: readonly (string | number)[]): string {
  return path.reduce<string>(childPointer, '');
}
