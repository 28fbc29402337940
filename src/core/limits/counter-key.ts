import { type WindowSpec, windowName } from './windows.ts';

/** Who shares a counter. */
export type CounterScope = 'grant' | 'session' | 'server' | 'organisation' | { readonly label: string };

/** What makes two counters one, but for the subject of their scope and the window itself. */
export interface CounterIdentity {
  readonly organisation: string;
  readonly server: string;
  readonly counter: string;
  readonly scope: CounterScope;
  readonly window: WindowSpec;
  readonly algorithm: 'fixed' | 'sliding';
  /** Counters of a policy in shadow mode are its own: they must not use up what others enforce. */
  readonly isShadow: boolean;
}

/** Who is calling, as far as scopes tell callers apart. */
export interface CounterSubject {
  /** Stable over rotation of the grant. */
  readonly grant: string;
  readonly session?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * A function that gives the key of a counter for a caller, or undefined when the caller has no value of the label that
 * the counter counts by. Keys are equal exactly when the identity and the subject are: the identity is a JSON array, and
 * the subject follows behind its closing bracket.
 */
export function counterKeys(identity: CounterIdentity): (subject: CounterSubject) => string | undefined {
  const { organisation, server, counter, scope, window, algorithm, isShadow } = identity;
  const prefix = JSON.stringify([
    organisation,
    // A counter of the organisation is shared by all its servers.
    scope === 'organisation' ? null : server,
    counter,
    scope,
    windowName(window),
    algorithm,
    ...(isShadow ? ['shadow'] : []),
  ]);
  if (scope === 'server' || scope === 'organisation') return () => prefix;
  if (scope === 'grant') return ({ grant }) => prefix + grant;
  if (scope === 'session') {
    return ({ grant, session }) => prefix + JSON.stringify(session === undefined ? [grant] : [grant, session]);
  }
  const key = scope.label;
  return ({ labels }) => (Object.hasOwn(labels, key) ? `${prefix}${labels[key]}` : undefined);
}
