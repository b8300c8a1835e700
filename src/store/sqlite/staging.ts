/**
 * Jobs on their way in, when there are too many to hold: they gather in a temporary table, which is this connection's own
 * and on disk when it grows, and are read back chunk by chunk.
 */
import type { NewJob } from "../contract/store.js";
import { type Connection, stage } from "./connection.js";
import { type Chunk, inChunks } from "./new-jobs.js";
import type { Runner } from "./statement.js";
import * as sql from "./statements/insert-sql.js";

let loads = 0;

export class Staging {
  readonly #connection: Connection;
  readonly #load = ++loads;
  /** Pieces. */
  #size = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  async add(jobs: readonly NewJob[]): Promise<void> {
    if (this.isEmpty) await sql.createStaged.run(this.#connection.db, {});
    await stage(this.#connection, async (db) => {
      for (const chunk of inChunks(jobs)) {
        const { jobs, count } = chunk;
        await sql.stage.run(db, {
          jobs,
          count,
          keyed: Number(chunk.isKeyed),
          load: this.#load,
          number: this.#size++,
        });
      }
    });
  }

  /** In the order in which they were added. */
  async *chunks(db: Runner): AsyncGenerator<Chunk> {
    for (let number = 0; number < this.#size; number++) {
      const { jobs, count, keyed } = await sql.staged.one(db, { load: this.#load, number });
      yield { jobs, count, isKeyed: keyed === 1 };
    }
  }

  /** Which of these names are ids of the jobs. */
  async idsAmong(names: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await sql.stagedIds.all(this.#connection.db, { load: this.#load, names: JSON.stringify(names) });
    return new Set(rows.map(({ id }) => id));
  }

  async discard(): Promise<void> {
    if (!this.isEmpty) await sql.discardStaged.run(this.#connection.db, { load: this.#load });
  }
}
