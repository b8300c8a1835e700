/**
 * A statement of SQLite's catalogue:
 *
 * ```ts
 * const jobById = statement<{ id: string }, JobRow>((p) => sql`SELECT * FROM jobs WHERE id = ${p("id")}`);
 * const rows = yield* jobById.all({ id: "job1" });
 * ```
 *
 * SQLite knows neither lists nor booleans. A list becomes JSON, which the statement takes apart with `json_each`, and a
 * boolean 0 or 1. A value in the template that is no parameter is bound as it is.
 */
import { createQueryId, type RawBuilder, SqliteQueryCompiler, sql } from "kysely";
import { CompiledStatement, type Dialect, type Parameter, Placeholder } from "../compiled-statement.js";

const compiler = new SqliteQueryCompiler();

const dialect: Dialect = {
  parameter: (name) => sql`${new Placeholder(name, (values) => toSqlite(values[name]))}`,
  compile: (tree) => compiler.compileQuery(tree, createQueryId()),
};

function toSqlite(value: unknown): unknown {
  if (typeof value === "boolean") return Number(value);
  return Array.isArray(value) ? JSON.stringify(value) : value;
}

export function statement<P extends object, R = never>(
  build: (parameter: Parameter<P>) => RawBuilder<unknown>,
): CompiledStatement<P, R> {
  return new CompiledStatement(dialect, build);
}
