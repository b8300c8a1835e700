/**
 * Kysely over better-sqlite3, in our own small way. Kysely's dialect for SQLite begins its transactions deferred (one that
 * then wants to write gets SQLITE_BUSY at once, whatever the timeout) and prepares every statement anew. Here:
 *
 * - one connection behind a mutex, since a synchronous driver under an async port would otherwise let two transactions mix;
 * - every transaction begins IMMEDIATE, except one that is declared `read only`: it may write to temporary tables and takes
 *   no lock;
 * - prepared statements are kept by their text;
 * - outside a transaction a locked database is waited for, see `busy.ts`; BEGIN is such a statement, so a transaction
 *   either has the write lock from its first moment or has done nothing;
 * - errors are translated, see `sqlite-errors.ts`.
 */
import type { Database, Statement } from "better-sqlite3";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type TransactionSettings,
} from "kysely";
import { type BusyPolicy, whileBusy } from "./busy.js";
import { translate } from "./errors.js";
import { Mutex } from "./mutex.js";

export function sqliteDialect(database: Database, busy: BusyPolicy): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new SqliteDriver(database, new Connection(database, busy)),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

const BEGIN = CompiledQuery.raw("begin");
const BEGIN_IMMEDIATE = CompiledQuery.raw("begin immediate");
const COMMIT = CompiledQuery.raw("commit");
const ROLLBACK = CompiledQuery.raw("rollback");

class SqliteDriver implements Driver {
  readonly #database: Database;
  readonly #connection: Connection;
  readonly #mutex = new Mutex();

  constructor(database: Database, connection: Connection) {
    this.#database = database;
    this.#connection = connection;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    await this.#mutex.lock();
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    this.#mutex.unlock();
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await connection.executeQuery(settings.accessMode === "read only" ? BEGIN : BEGIN_IMMEDIATE);
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(COMMIT);
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // After some errors (a full disk) SQLite has already rolled back by itself.
    if (this.#database.inTransaction) await connection.executeQuery(ROLLBACK);
  }

  async destroy(): Promise<void> {
    await this.#mutex.lock();
    this.#database.close();
    this.#mutex.unlock();
  }
}

class Connection implements DatabaseConnection {
  readonly #database: Database;
  readonly #busy: BusyPolicy;
  readonly #statements = new Map<string, Statement>();

  constructor(database: Database, busy: BusyPolicy) {
    this.#database = database;
    this.#busy = busy;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    try {
      if (this.#database.inTransaction) return this.#run<R>(query);
      return await whileBusy(this.#busy, () => this.#run<R>(query));
    } catch (error) {
      throw translate(error, this.#busy.path);
    }
  }

  // biome-ignore lint/correctness/useYield: an open iterator would pin the WAL, so there is no streaming.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("queries are not streamed");
  }

  #run<R>(query: CompiledQuery): QueryResult<R> {
    const statement = this.#prepare(query.sql);
    if (statement.reader) return { rows: statement.all(query.parameters) as R[] };
    const { changes, lastInsertRowid } = statement.run(query.parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    // SQLite does not promise whether a PRAGMA acts when it is prepared or when it is run: one that is kept might do nothing.
    if (!/^pragma/i.test(sql)) this.#statements.set(sql, statement);
    return statement;
  }
}
