/**
 * A name of hosts in a policy: `api.example.com`, `*.example.com` (what is below it, at any depth, not itself), or an
 * address literal, in the form in which the WHATWG URL parser gives hosts (lower case, punycode).
 */
export type HostPattern =
  | { readonly kind: 'name'; readonly host: string }
  | { readonly kind: 'below'; readonly suffix: string }
  | { readonly kind: 'address'; readonly host: string };

/** The pattern that a text is, or undefined when it is none. */
export function parseHostPattern(text: string): HostPattern | undefined {
  const isBelow = text.startsWith('*.');
  const host = canonicalHost(isBelow ? text.slice(2) : text);
  if (host === undefined) return undefined;
  if (!isAddress(host)) return isBelow ? { kind: 'below', suffix: `.${host}` } : { kind: 'name', host };
  return isBelow ? undefined : { kind: 'address', host };
}

/** True for a host as a URL gives it that is an address and no name. */
export function isAddress(host: string): boolean {
  return host.startsWith('[') || /^[0-9.]+$/.test(host);
}

/** Whether a host name, in the form in which a URL gives it, is one of the patterns. */
export function isHostIn(host: string, patterns: readonly HostPattern[]): boolean {
  return patterns.some((pattern) => (pattern.kind === 'below' ? host.endsWith(pattern.suffix) : host === pattern.host));
}

function canonicalHost(text: string): string | undefined {
  if (!/^[^\s/?#@\\%*]{1,253}$/.test(text) || /^\.|\.\.|\.$/.test(text)) return undefined;
  const hasPort = text.startsWith('[') ? !text.endsWith(']') : text.includes(':');
  return hasPort ? undefined : URL.parse(`https://${text}/`)?.hostname;
}
