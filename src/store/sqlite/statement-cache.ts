/**
 * The prepared statements of one connection, by their text.
 *
 * Rows are fetched as lists and named here. The driver would make each row an object in V8's slow form: for the forty
 * columns of a job that takes twice as long, and each later look at a property costs more.
 */
import type { Database, Statement } from "better-sqlite3";
import type { Answer, Query } from "../shared/work.js";

interface Known {
  readonly statement: Statement;
  /** Null: it has no rows. */
  readonly columns: readonly string[] | null;
}

export class StatementCache {
  readonly #database: Database;
  readonly #known = new Map<string, Known>();

  constructor(database: Database) {
    this.#database = database;
  }

  run({ sql, parameters }: Query): Answer {
    const { statement, columns } = this.#known.get(sql) ?? this.#prepare(sql);
    if (columns === null) return { rows: [], changes: statement.run(parameters).changes };
    const rows = statement.all(parameters) as unknown[][];
    return { rows: rows.map((values) => named(columns, values)), changes: 0 };
  }

  #prepare(sql: string): Known {
    const statement = this.#database.prepare(sql);
    const known = statement.reader
      ? { statement: statement.raw(), columns: statement.columns().map(({ name }) => name) }
      : { statement, columns: null };
    // SQLite does not promise whether a PRAGMA acts when it is prepared or when it is run: a kept one might do nothing.
    if (!/^pragma/i.test(sql)) this.#known.set(sql, known);
    return known;
  }
}

function named(columns: readonly string[], values: readonly unknown[]): unknown {
  const row: Record<string, unknown> = {};
  for (let i = 0; i < columns.length; i++) row[columns[i] as string] = values[i];
  return row;
}
