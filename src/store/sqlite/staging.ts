/**
 * Jobs of a call that is too large for memory. They gather in a temporary table, which belongs to this connection and
 * goes to disk when it grows, and are read back chunk by chunk.
 */
import { sql } from "kysely";
import type { NewJob } from "../contract/store.js";
import type { Chunk, Staging } from "../shared/connection.js";
import type { Flag } from "../shared/rows.js";
import type { None } from "../shared/statements/prepared.js";
import type { Work } from "../shared/work.js";
import type { SqliteConnection } from "./connection.js";
import { inChunks } from "./new-jobs.js";
import { statement } from "./statement.js";

let calls = 0;

export class TableStaging implements Staging {
  readonly #connection: SqliteConnection;
  readonly #call = ++calls;
  /** Number of chunks. */
  #size = 0;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  async add(jobs: readonly NewJob[]): Promise<void> {
    if (this.isEmpty) await this.#connection.run(createTable.run({}));
    await this.#connection.stage(() => this.#stage(jobs));
  }

  *chunks(): Generator<Work<Chunk>> {
    for (let number = 0; number < this.#size; number++) yield this.#chunk(number);
  }

  async idsAmong(names: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.#connection.run(stagedIds.all({ call: this.#call, names }));
    return new Set(rows.map(({ id }) => id));
  }

  async discard(): Promise<void> {
    if (!this.isEmpty) await this.#connection.run(discard.run({ call: this.#call }));
  }

  *#stage(jobs: readonly NewJob[]): Work<void> {
    for (const chunk of inChunks(jobs)) yield* stage.run({ ...chunk, call: this.#call, number: this.#size++ });
  }

  *#chunk(number: number): Work<Chunk> {
    const { keyed, ...chunk } = yield* staged.one({ call: this.#call, number });
    return { ...chunk, isKeyed: Boolean(keyed) };
  }
}

/** One temporary table for all calls on a connection, so that the text of the statements stays the same. */
const createTable = statement<None>(
  () =>
    sql`CREATE TEMP TABLE IF NOT EXISTS staged (call, number, jobs, common, count, keyed, PRIMARY KEY (call, number))`,
);

const stage = statement<Chunk & { call: number; number: number }>(
  (p) => sql`
    INSERT INTO temp.staged (call, number, jobs, common, count, keyed)
    VALUES (${p("call")}, ${p("number")}, ${p("jobs")}, ${p("common")}, ${p("count")}, ${p("isKeyed")})`,
);

const staged = statement<{ call: number; number: number }, Omit<Chunk, "isKeyed"> & { keyed: Flag }>(
  (p) => sql`SELECT jobs, common, count, keyed FROM temp.staged WHERE call = ${p("call")} AND number = ${p("number")}`,
);

const stagedIds = statement<{ call: number; names: readonly string[] }, { id: string }>(
  (p) => sql`
    SELECT chunk.value->>0 AS id FROM temp.staged CROSS JOIN jsonb_each(staged.jobs) AS chunk
    WHERE staged.call = ${p("call")} AND chunk.value->>0 IN (SELECT value FROM json_each(${p("names")}))`,
);

const discard = statement<{ call: number }>((p) => sql`DELETE FROM temp.staged WHERE call = ${p("call")}`);
