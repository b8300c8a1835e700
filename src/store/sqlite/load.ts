/**
 * Jobs on their way in, when there are too many to hold: they gather in a temporary table, which is this connection's own
 * and on disk when it grows, and then move into the real one in a single transaction.
 */
import { JobConflictError } from "../conflict.js";
import type { InsertOptions, NewJob } from "../store.js";
import { type Connection, stage, type Writing, write } from "./connection.js";
import * as sql from "./insert-sql.js";
import { fileNames, fromNewJob } from "./rows.js";
import { inTurns, rangesInTurns } from "./turns.js";

let loads = 0;

export class Load {
  readonly #connection: Connection;
  readonly #load = ++loads;
  #size = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get size(): number {
    return this.#size;
  }

  async add(jobs: readonly NewJob[]): Promise<void> {
    if (this.#size === 0) await sql.createStaged.run(this.#connection.db, {});
    await stage(this.#connection, (db) =>
      inTurns(jobs, async (job) => {
        await sql.stageJob.run(db, { ...fromNewJob(job), load: this.#load, position: this.#size++ });
      }),
    );
  }

  /** Resolves to the output files of the jobs that were replaced. */
  async move(options: InsertOptions): Promise<string[]> {
    const load = this.#load;
    // Needs no lock, and is the slow one of the two checks.
    const twice = await sql.firstTwice.first(this.#connection.db, { load });
    return write(this.#connection, async (writing) => {
      const taken = await sql.firstTaken.first(writing.db, { load, replace: options.replace ? 1 : 0 });
      if (taken !== undefined && (twice === undefined || taken.position < twice.position)) {
        throw new JobConflictError(taken.id, taken.position, options.replace ? "processing" : "exists");
      }
      if (twice !== undefined) throw new JobConflictError(twice.id, twice.position, "twice");
      return this.#moveAll(writing, options.replace ?? false);
    });
  }

  async #moveAll({ db, now }: Writing, replace: boolean): Promise<string[]> {
    const dropped: string[] = [];
    for await (const { from, to } of rangesInTurns(this.#size)) {
      const range = { load: this.#load, from, to };
      if (replace) {
        dropped.push(...fileNames(await sql.outputFilesOfReplaced.all(db, range)));
        await sql.deleteReplaced.run(db, range);
      }
      await sql.moveStaged.run(db, { ...range, now });
    }
    return dropped;
  }

  async discard(): Promise<void> {
    if (this.#size > 0) await sql.discardStaged.run(this.#connection.db, { load: this.#load });
  }
}
