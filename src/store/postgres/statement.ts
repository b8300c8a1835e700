/**
 * A statement of PostgreSQL's catalogue:
 *
 * ```ts
 * const jobById = statement<{ id: string }, JobRow>((p) => sql`SELECT * FROM jobs WHERE id = ${p("id")}`);
 * const rows = yield* jobById.all({ id: "job1" });
 * ```
 *
 * A parameter is written once with its number, however often it occurs, and always with its type: PostgreSQL refuses a
 * statement in which it cannot infer one. The type follows from the name, so one name means one thing in all
 * statements. Where a value in the template is no parameter, the template says its type if that is not obvious.
 */
import { createQueryId, PostgresQueryCompiler, type RawBuilder, type RawNode, sql } from "kysely";
import { CompiledStatement, type Dialect, type Parameter, Placeholder } from "../compiled-statement.js";
import type { Tells } from "../shared/work.js";
import { PARAMETER_TYPES } from "./parameter-types.js";
import { toJson, toPostgres } from "./values.js";

class Compiler extends PostgresQueryCompiler {
  #numbers = new Map<string, number>();

  compile(tree: RawNode) {
    this.#numbers = new Map();
    return this.compileQuery(tree, createQueryId());
  }

  /** The same parameter keeps its number. */
  protected override appendValue(value: unknown): void {
    if (!(value instanceof Placeholder)) {
      super.appendValue(value);
      return;
    }
    const number = this.#numbers.get(value.name);
    if (number !== undefined) {
      this.append(`$${number}`);
      return;
    }
    super.appendValue(value);
    this.#numbers.set(value.name, this.numParameters);
  }
}

const compiler = new Compiler();

const dialect: Dialect = {
  parameter: (name, type = PARAMETER_TYPES[name]) => {
    if (type === undefined) throw new Error(`the parameter ${name} has no type`);
    const convert = type === "json" ? toJson : toPostgres;
    return sql`${new Placeholder(name, (values) => convert(values[name]))}::${sql.raw(type)}`;
  },
  compile: (tree) => {
    const { sql: text, parameters } = compiler.compile(tree);
    return { sql: text, parameters };
  },
};

/** @param tells what other processes are told if it changed something */
export function statement<P extends object, R = never>(
  build: (parameter: Parameter<P>) => RawBuilder<unknown>,
  tells?: Tells,
): CompiledStatement<P, R> {
  const own = tells && { ...dialect, compile: (tree: RawNode) => ({ ...dialect.compile(tree), tells }) };
  return new CompiledStatement(own ?? dialect, build);
}
