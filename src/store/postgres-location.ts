/**
 * The location of a PostgreSQL database. The URL may hold a password, so that is in a private field: neither JSON nor an
 * inspected or spread object shows it.
 */
import { type PostgresAddress, parsePostgresUrl } from "./postgres-url.js";

export class PostgresLocation {
  readonly kind = "postgres";
  /** The URL without its password. It leads to the database as well, if the password is found elsewhere. */
  readonly shown: string;
  readonly address: PostgresAddress;
  readonly #password: string | undefined;

  /** @throws UnusableError if it is no URL of a PostgreSQL database */
  constructor(url: string) {
    const { address, password, shown } = parsePostgresUrl(url);
    this.address = address;
    this.#password = password;
    this.shown = shown;
  }

  /** The password of the URL. Undefined: it has none. */
  revealPassword(): string | undefined {
    return this.#password;
  }
}
