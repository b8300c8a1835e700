/**
 * Errors that a person will read. Each says what is wrong, with which value, and in its hint what to do; the exit code is
 * part of the command line's contract. Anything else that is thrown is a bug of ours.
 */

/** The exit codes of the command line, by meaning. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  notCompleted: 4,
  notRunning: 5,
  conflict: 6,
  busy: 75,
  unusable: 78,
  timedOut: 124,
  interrupted: 130,
  /** Nobody read on: as of a filter that SIGPIPE ended. */
  cutOff: 141,
} as const;

const EXIT_CODE_OF = {
  internal: EXIT.failure,
  failed: EXIT.failure,
  usage: EXIT.usage,
  not_found: EXIT.notFound,
  not_completed: EXIT.notCompleted,
  not_running: EXIT.notRunning,
  conflict: EXIT.conflict,
  busy: EXIT.busy,
  unusable: EXIT.unusable,
  timed_out: EXIT.timedOut,
} as const;

export type ErrorCode = keyof typeof EXIT_CODE_OF;

export class QueuectlError extends Error {
  override readonly name: string = "QueuectlError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }

  get exitCode(): number {
    return EXIT_CODE_OF[this.code];
  }
}

/** The call itself is wrong: an unknown name, a bad value, a combination that makes no sense. */
export class UsageError extends QueuectlError {
  constructor(message: string, hint?: string) {
    super("usage", message, { hint });
  }
}

/** What was asked for does not fit the state that things are in. */
export class ConflictError extends QueuectlError {
  constructor(message: string, hint?: string) {
    super("conflict", message, { hint });
  }
}

/** The home, the database or the configuration cannot be used as they are. */
export class UnusableError extends QueuectlError {
  constructor(message: string, hint?: string, cause?: unknown) {
    super("unusable", message, { hint, cause });
  }
}

/** As {@link UnusableError}, but it may pass by itself, and trying again later makes sense: a disk that is full. */
export class ShortageError extends UnusableError {}

/** Somebody else held the database for longer than anybody should have to wait. Nothing was written. */
export class StoreBusyError extends QueuectlError {
  constructor(path: string, waitedMs: number, cause?: unknown) {
    super("busy", `the database ${path} was locked for ${Math.round(waitedMs / 1000)} s; nothing was written`, {
      hint: `try again; if it stays locked, find who holds it with: fuser -v ${path}`,
      cause,
    });
  }
}

export class NoSuchJobError extends QueuectlError {
  constructor(id: string) {
    super("not_found", `no job has the id ${JSON.stringify(id)}, or one that begins so`, {
      hint: "queuectl list shows the jobs that there are",
    });
  }
}
