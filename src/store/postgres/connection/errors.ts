/**
 * Explains the errors of the server and of the way to it. What stays until a user changes something is an {@link
 * UnusableError}; what may pass is waited for first (see `client.ts`) and is a {@link StoreUnreachableError} after that.
 * Any other error (a broken constraint, a mistake in SQL) is a bug of ours and passes unchanged. The texts of the server
 * never hold a password.
 */
import { QueuectlError, ShortageError, StoreUnreachableError, UnusableError } from "../../../core/errors.js";

interface Meaning {
  readonly code: RegExp;
  readonly says: (shown: string, detail: string) => string;
  readonly hint: string;
}

/** Stands for the driver's error, which has no code. */
const NO_PASSWORD = /^no password$/;
const PASSWORD_HINT = "put it into ~/.pgpass, PGPASSWORD or the file that QUEUECTL_DB_PASSWORD_FILE names";

/** By SQLSTATE, or by the code that Node gives an error of the network. */
const STAYS: readonly Meaning[] = [
  {
    code: NO_PASSWORD,
    says: (shown) => `${shown} wants a password, and there is none for it`,
    hint: PASSWORD_HINT,
  },
  {
    code: /^28P01$/,
    says: (shown) => `${shown} refused the password`,
    hint: PASSWORD_HINT,
  },
  {
    code: /^28/,
    says: (shown, detail) => `${shown} refused the user: ${detail}`,
    hint: "check the user in the URL, and pg_hba.conf on the server",
  },
  {
    code: /^3D000$/,
    says: (shown, detail) => `there is no such database at ${shown}: ${detail}`,
    hint: "make it with createdb, or name another one in the URL",
  },
  {
    code: /^(42P01|3F000|42883|42703)$/,
    says: (shown, detail) => `the database ${shown} has no queue, or one of another version: ${detail}`,
    hint: "queuectl db migrate makes it or brings it up to date",
  },
  {
    code: /^42501$/,
    says: (shown, detail) => `the user of ${shown} lacks a right: ${detail}`,
    hint: "the user needs USAGE on the schema and all rights on its tables and sequences; see docs/postgres.md",
  },
  {
    code: /^ENOTFOUND$/,
    says: (shown, detail) => `there is no such server: ${shown} (${detail})`,
    hint: "check the name of the host in the URL",
  },
  {
    code: /^EACCES$/,
    says: (shown, detail) => `the socket of ${shown} cannot be used: ${detail}`,
    hint: "check the modes of the directory that the URL names (host=…), and who may use it",
  },
  {
    code: /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_)/,
    says: (shown, detail) => `the server ${shown} could not prove who it is: ${detail}`,
    hint: "name its authority with sslrootcert=/path/ca.pem in the URL; sslmode=require asks for no proof",
  },
];

const FULL: readonly Meaning[] = [
  {
    code: /^53[12]00$/,
    says: (shown, detail) => `the server ${shown} has no space left: ${detail}`,
    hint: "free some space there and try again; nothing was changed",
  },
];

/**
 * The connection is gone, or the server takes none now: it has no socket while it is down. The same call may succeed on a
 * new connection.
 */
const CONNECTION_LOST = /^(08|57P0[1-4]|53300|25006$|ENOENT|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN)/;

/** The transaction was given up in favour of another one, and may be run again. */
const GIVEN_UP = /^(40001|40P01|55P03)$/;

/** An answer that did not come in time, and other ends of a connection that the driver gives no code. */
const WITHOUT_CODE = /Connection terminated|Client has encountered a connection error|timeout|not queryable/i;

export function isConnectionLost(error: unknown): boolean {
  const code = codeOf(error);
  if (code === undefined) return error instanceof Error && WITHOUT_CODE.test(error.message);
  return CONNECTION_LOST.test(code);
}

export function isGivenUp(error: unknown): boolean {
  return GIVEN_UP.test(codeOf(error) ?? "");
}

/** The error to throw instead of `error`. */
export function translate(error: unknown, shown: string): unknown {
  if (error instanceof QueuectlError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  const code = codeOf(error) ?? "";
  const stays = STAYS.find((known) => known.code.test(code));
  if (stays !== undefined) return new UnusableError(stays.says(shown, detail), stays.hint, error);
  const full = FULL.find((known) => known.code.test(code));
  if (full !== undefined) return new ShortageError(full.says(shown, detail), full.hint, error);
  if (!isConnectionLost(error) && !isGivenUp(error)) return error;
  return new StoreUnreachableError(
    `the database ${shown} does not answer: ${detail}`,
    "try again; check that the server runs and that this host reaches it",
    error,
  );
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return undefined;
  if (/password must be a string/.test(error.message)) return "no password";
  if (!("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
