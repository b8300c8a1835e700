/**
 * The location of a PostgreSQL database. The URL may hold a password before the host or among the parameters, so it is
 * in a private field: neither JSON nor an inspected or spread object shows it. If it cannot be taken apart safely, it
 * is refused without a word of it.
 */
import { UnusableError } from "../core/errors.js";

const URL_PARTS =
  /^(?<scheme>postgres(?:ql)?):\/\/(?:(?<user>[^:@/?#]*)(?::[^@/?#]*)?@)?(?<hosts>[^@/?#]*)(?<name>\/[^@/?#]*)?(?:\?[^@#]*)?$/i;
/** With any other character here, a part of the password may follow. */
const HOSTS = /^(?:(?:[\w.%-]*|\[[\da-f:.]+\])(?::\d{1,5})?(?:,|$))*$/i;

export function notSupported({ shown }: PostgresLocation): UnusableError {
  return new UnusableError(
    `this version of queuectl keeps its jobs in SQLite only, and ${shown} is not that`,
    "give the path of a file, or file:///path/of/it",
  );
}

export class PostgresLocation {
  readonly kind = "postgres";
  /** The URL without password and parameters. */
  readonly shown: string;
  readonly #url: string;

  /** @throws UnusableError if it is no URL of a PostgreSQL database */
  constructor(url: string) {
    const parts = URL_PARTS.exec(url)?.groups;
    if (parts === undefined || !HOSTS.test(parts.hosts ?? "")) {
      throw new UnusableError(
        "the URL of the PostgreSQL database cannot be read",
        "give postgres://USER@HOST:5432/NAME; in a password, write special characters as %40",
      );
    }
    const user = parts.user === undefined ? "" : `${parts.user}@`;
    this.shown = `${parts.scheme}://${user}${parts.hosts}${parts.name ?? ""}`;
    this.#url = url;
  }

  /** The whole URL, with its password. */
  reveal(): string {
    return this.#url;
  }
}
