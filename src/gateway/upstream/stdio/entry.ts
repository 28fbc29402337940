/**
 * How one MCP server is run as a child process, as the operator wrote it. Only the operator may say this: whoever can
 * set `command` runs code on this machine.
 */
export interface StdioEntry {
  /** A path, or a name that is looked up on PATH. Never given to a shell. */
  readonly command: string;
  readonly args?: readonly string[];
  /** Added to the allow-listed variables of the gateway (see environment.ts) and wins over them. */
  readonly env?: Readonly<Record<string, string>>;
  /** The working folder; the gateway's own when absent. */
  readonly cwd?: string;
  /** Another account to run as, when the gateway runs as root: a name from /etc/passwd, or `uid:gid`. */
  readonly user?: string;
  /** `true` is an empty `StdioSandbox`. Where the system cannot give it, the server is not started. */
  readonly sandbox?: boolean | StdioSandbox;
}

/** What a sandboxed server sees beyond the read-only system folders. Everything else, home folders included, is absent. */
export interface StdioSandbox {
  /** Absolute paths that can be read. */
  readonly readable?: readonly string[];
  /** Absolute paths that can be read and written. */
  readonly writable?: readonly string[];
  /** Whether the network is there (default true: most servers exist to call one). */
  readonly network?: boolean;
}

/**
 * What keeps a server of this entry from reading the gateway's data directory: a sandbox without it, or another account
 * (the directory is mode 0700). `none` means that only the server's own good conduct does.
 */
export function isolationOf(entry: StdioEntry): 'sandbox' | 'user' | 'none' {
  if (entry.sandbox !== undefined && entry.sandbox !== false) return 'sandbox';
  return entry.user === undefined ? 'none' : 'user';
}
