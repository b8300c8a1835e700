/**
 * Where a PostgreSQL database is. The URL is kept in a private field, since it may hold a password, in front of the host or among the
 * parameters: neither JSON nor an inspected or spread object shows it. What cannot be taken apart safely is refused without a word of it.
 */
import { UnusableError } from "../core/errors.js";

const URL_PARTS =
  /^(?<scheme>postgres(?:ql)?):\/\/(?:(?<user>[^:@/?#]*)(?::[^@/?#]*)?@)?(?<hosts>[^@/?#]*)(?<name>\/[^@/?#]*)?(?:\?[^@#]*)?$/i;
/** With anything else in its place, a part of the password may stand there. */
const HOSTS = /^(?:(?:[\w.%-]*|\[[\da-f:.]+\])(?::\d{1,5})?(?:,|$))*$/i;

export class PostgresLocation {
  readonly kind = "postgres";
  /** The URL without password and parameters. */
  readonly shown: string;
  readonly #url: string;

  /** @throws UnusableError it is no URL of a PostgreSQL database */
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
