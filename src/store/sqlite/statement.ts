/**
 * A statement that is written once, compiled by Kysely at its first use, and run often: compiling at each call would
 * cost more than running.
 *
 * ```ts
 * const jobById = statement<{ id: string }, JobRow>((p) => sql`SELECT * FROM jobs WHERE id = ${p("id")}`);
 * const rows = yield* jobById.all({ id: "job1" });
 * ```
 *
 * SQLite knows neither lists nor booleans. A list becomes JSON, which the statement takes apart with `json_each`, and a
 * boolean 0 or 1. A value in the template that is no parameter is bound as it is.
 */
import { createQueryId, type RawBuilder, type RawNode, SqliteQueryCompiler, sql } from "kysely";
import type { Prepared } from "../shared/statements/prepared.js";
import type { Query, Work } from "../shared/work.js";

const compiler = new SqliteQueryCompiler();

/** Writes a parameter into the template. */
type Parameter<P> = (name: keyof P & string) => RawBuilder<unknown>;

/** Stands for a parameter's value until the statement runs. */
class Placeholder<P> {
  readonly #name: keyof P;

  constructor(name: keyof P) {
    this.#name = name;
  }

  of(values: P): unknown {
    return values[this.#name];
  }
}

export class PreparedStatement<P extends object, R> implements Prepared<P, R> {
  readonly #build: (parameter: Parameter<P>) => RawBuilder<unknown>;
  #compiled: Query | undefined;

  constructor(build: (parameter: Parameter<P>) => RawBuilder<unknown>) {
    this.#build = build;
  }

  get text(): string {
    return this.#compile().sql;
  }

  *all(parameters: P): Work<R[]> {
    return (yield this.#bind(parameters)).rows as R[];
  }

  *first(parameters: P): Work<R | undefined> {
    return (yield this.#bind(parameters)).rows[0] as R | undefined;
  }

  *one(parameters: P): Work<R> {
    const row = yield* this.first(parameters);
    if (row === undefined) throw new Error(`no row from: ${this.text}`);
    return row;
  }

  *run(parameters: P): Work<number> {
    return (yield this.#bind(parameters)).changes;
  }

  /** Runs fifty times for each job that a worker drains, hence a bare loop. */
  #bind(values: P): Query {
    const { sql, parameters } = this.#compile();
    const bound = new Array<unknown>(parameters.length);
    for (let i = 0; i < parameters.length; i++) {
      const parameter = parameters[i];
      bound[i] = parameter instanceof Placeholder ? toSqlite(parameter.of(values)) : parameter;
    }
    return { sql, parameters: bound };
  }

  #compile(): Query {
    if (this.#compiled !== undefined) return this.#compiled;
    const tree = this.#build((name) => sql`${new Placeholder<P>(name)}`).toOperationNode() as RawNode;
    this.#compiled = compiler.compileQuery(tree, createQueryId());
    return this.#compiled;
  }
}

function toSqlite(value: unknown): unknown {
  if (typeof value === "boolean") return Number(value);
  return Array.isArray(value) ? JSON.stringify(value) : value;
}

export function statement<P extends object, R = never>(
  build: (parameter: Parameter<P>) => RawBuilder<unknown>,
): PreparedStatement<P, R> {
  return new PreparedStatement<P, R>(build);
}
