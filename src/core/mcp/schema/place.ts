/**
 * A place in the arguments as people write it: `args.items[3].name`. Keys come from the caller, so what is not a plain
 * name is quoted, cut short, and printed without anything invisible.
 */
export function placeText(path: readonly (string | number)[]): string {
  let text = 'args';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += /^[A-Za-z_$][A-Za-z0-9_$]{0,63}$/.test(part) ? `.${part}` : `[${quoted(part)}]`;
  }
  return text;
}

/** A key or name between quotes, at most 64 characters, in printable ASCII. */
export function quoted(name: string): string {
  return printable(JSON.stringify(name.length > 64 ? `${name.slice(0, 63)}…` : name), 1_000);
}

/** Text that may go into a message: in printable ASCII, cut to a length. */
export function printable(text: string, lengthMax: number): string {
  const short = text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…` : text;
  return short.replace(/[^ -~…]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
