/** Why a server could not be started. `message` is one clear sentence without values of arguments or variables. */
export interface StdioStartFailure {
  readonly kind:
    | 'command_not_found'
    | 'command_not_executable'
    | 'folder_missing'
    | 'invalid_entry'
    | 'user_unknown'
    | 'user_not_permitted'
    | 'sandbox_unavailable'
    | 'sandbox_hides_command'
    | 'too_many_children'
    | 'spawn_failed';
  readonly message: string;
}

/** Why a server that had been started is gone. Only `closed` was asked for by the gateway's own code. */
export type StdioEndCause =
  | 'closed'
  | 'idle'
  | 'lifetime'
  /** It exited with code 0 without being asked to. */
  | 'exited'
  /** It exited with another code, or by a signal that was not ours. */
  | 'crashed'
  /** It did not answer the first message in time. */
  | 'start_timeout'
  | 'stdin_closed'
  | 'stdout_closed'
  /** It wrote more than `noiseBytesMax` to stdout that was no message. */
  | 'noise'
  /** The process that guards against leaks was killed (see lifeline.ts); without it the server may not run. */
  | 'lifeline_lost';

export interface StdioEnd {
  readonly cause: StdioEndCause;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** One sentence: what happened, and the last line of stderr where it explains something. */
  readonly message: string;
  /** The last lines of stderr, printable, without the values of the entry's variables. For the log, not for clients. */
  readonly stderr: string;
}
