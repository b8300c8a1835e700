/**
 * A statement that is written once, compiled by Kysely once, and run often: what claim and settle need, where compiling at
 * each call would cost more than running.
 *
 * ```ts
 * const jobById = statement<{ id: string }, JobRow>((p) => sql`SELECT * FROM jobs WHERE id = ${p("id")}`);
 * const rows = await jobById.all(db, { id: "job1" });
 * ```
 */
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import type { Schema } from "./schema.js";

/** Writes a parameter into the template. */
type Parameter<P> = (name: keyof P & string) => RawBuilder<unknown>;

/** Stands for a parameter's value until the statement is run. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

export class PreparedStatement<P extends object, R> {
  readonly #build: (parameter: Parameter<P>) => RawBuilder<unknown>;
  #compiled: CompiledQuery | undefined;

  constructor(build: (parameter: Parameter<P>) => RawBuilder<unknown>) {
    this.#build = build;
  }

  async all(db: Kysely<Schema>, parameters: P): Promise<R[]> {
    const result = await db.executeQuery<R>(this.#bind(db, parameters) as CompiledQuery<R>);
    return result.rows;
  }

  async first(db: Kysely<Schema>, parameters: P): Promise<R | undefined> {
    return (await this.all(db, parameters))[0];
  }

  /** Where a row must be there. */
  async one(db: Kysely<Schema>, parameters: P): Promise<R> {
    const row = await this.first(db, parameters);
    if (row === undefined) throw new Error(`no row from: ${this.#compiled?.sql}`);
    return row;
  }

  /** Resolves to how many rows were changed. */
  async run(db: Kysely<Schema>, parameters: P): Promise<number> {
    const result = await db.executeQuery(this.#bind(db, parameters));
    return Number(result.numAffectedRows ?? 0n);
  }

  #bind(db: Kysely<Schema>, parameters: P): CompiledQuery {
    this.#compiled ??= this.#build((name) => sql`${new Placeholder(name)}`).compile(db);
    const values = this.#compiled.parameters.map((value) =>
      value instanceof Placeholder ? parameters[value.name as keyof P] : value,
    );
    return { ...this.#compiled, parameters: values };
  }
}

export function statement<P extends object, R = never>(
  build: (parameter: Parameter<P>) => RawBuilder<unknown>,
): PreparedStatement<P, R> {
  return new PreparedStatement<P, R>(build);
}
