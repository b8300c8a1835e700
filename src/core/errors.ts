/**
 * Errors that a user reads. The message names what is wrong and the value; the hint says what to do. The code of an
 * error decides the exit code, which is part of the command line's contract. Any other exception is a bug in queuectl.
 */
import { quoteWord } from "./text/quote-word.js";

/** Exit codes of the command line, by meaning. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  notCompleted: 4,
  notRunning: 5,
  conflict: 6,
  /** EX_IOERR of sysexits.h. */
  shortage: 74,
  busy: 75,
  unusable: 78,
  timedOut: 124,
  interrupted: 130,
  /** The reader of our output closed it; the exit code of a filter that SIGPIPE ended. */
  cutOff: 141,
} as const;

const EXIT_CODE_OF = {
  internal: EXIT.failure,
  failed: EXIT.failure,
  usage: EXIT.usage,
  not_found: EXIT.notFound,
  not_completed: EXIT.notCompleted,
  not_running: EXIT.notRunning,
  shortage: EXIT.shortage,
  conflict: EXIT.conflict,
  busy: EXIT.busy,
  unusable: EXIT.unusable,
  timed_out: EXIT.timedOut,
} as const;

/** Kinds of errors, for programs. Each has an exit code of the command line. */
export type ErrorCode = keyof typeof EXIT_CODE_OF;

/** Every error that is not a defect of queuectl. Its `name` is that of its class. */
export class QueuectlError extends Error {
  override readonly name: string = "QueuectlError";
  readonly code: ErrorCode;
  /** The remedy. Undefined: the message says it all. */
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }

  /** Exit code of the command line for this error. */
  get exitCode(): number {
    return EXIT_CODE_OF[this.code];
  }
}

/** Wrong call: an unknown name, a bad value or an impossible combination. */
export class UsageError extends QueuectlError {
  override readonly name: string = "UsageError";

  constructor(message: string, hint?: string) {
    super("usage", message, { hint });
  }
}

/** The request does not fit the present state. */
export class ConflictError extends QueuectlError {
  override readonly name: string = "ConflictError";

  constructor(message: string, hint?: string) {
    super("conflict", message, { hint });
  }
}

/** The home, the database or the configuration cannot be used as it is. It stays so until a user changes something. */
export class UnusableError extends QueuectlError {
  override readonly name: string = "UnusableError";

  constructor(message: string, hint?: string, cause?: unknown) {
    super("unusable", message, { hint, cause });
  }
}

/** An {@link UnusableError} that may pass by itself, such as a full disk: trying again later makes sense. */
export class ShortageError extends UnusableError {
  override readonly name: string = "ShortageError";
}

/** The database does not answer now. The same call may succeed later. */
export class StoreUnreachableError extends QueuectlError {
  override readonly name: string = "StoreUnreachableError";

  constructor(message: string, hint?: string, cause?: unknown) {
    super("busy", message, { hint, cause });
  }
}

/** Another process held the database longer than a command waits. Nothing was written. */
export class StoreBusyError extends StoreUnreachableError {
  override readonly name: string = "StoreBusyError";

  constructor(path: string, waitedMs: number, cause?: unknown) {
    super(
      `the database ${path} was locked for ${Math.round(waitedMs / 1000)} s; nothing was written`,
      `try again; if it stays locked, find who holds it with: fuser -v ${quoteWord(path)}`,
      cause,
    );
  }
}

/**
 * Whether the same call fails in the same way until a user changes something. False: it may pass by itself, or the
 * error is unknown.
 */
export function isPermanent(error: unknown): boolean {
  if (!(error instanceof QueuectlError) || error instanceof ShortageError) return false;
  return error.code === "unusable" || error.code === "usage";
}

/** No job has this id, or one that begins so. */
export class NoSuchJobError extends QueuectlError {
  override readonly name: string = "NoSuchJobError";

  constructor(id: string) {
    super("not_found", `no job has the id ${JSON.stringify(id)}, or one that begins so`, {
      hint: "queuectl list shows the jobs that there are",
    });
  }
}
