/**
 * A statement that is written once, compiled by Kysely once, and run often: what claim and settle need, where compiling at
 * each call would cost more than running.
 *
 * ```ts
 * const jobById = statement<{ id: string }, JobRow>((p) => sql`SELECT * FROM jobs WHERE id = ${p("id")}`);
 * const rows = await jobById.all(db, { id: "job1" });
 * ```
 */
import {
  type CompiledQuery,
  createQueryId,
  type QueryResult,
  type RawBuilder,
  type RawNode,
  SqliteQueryCompiler,
  sql,
} from "kysely";

/** Runs what was compiled: all of Kysely, or, inside a transaction, the bare connection, which costs a quarter of it. */
export interface Runner {
  executeQuery<R>(query: CompiledQuery<R>): Promise<QueryResult<R>>;
}

const compiler = new SqliteQueryCompiler();

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
  #compiled: Compiled<P, R> | undefined;

  constructor(build: (parameter: Parameter<P>) => RawBuilder<unknown>) {
    this.#build = build;
  }

  async all(db: Runner, parameters: P): Promise<R[]> {
    return (await db.executeQuery<R>(this.#bind(parameters))).rows;
  }

  async first(db: Runner, parameters: P): Promise<R | undefined> {
    return (await this.all(db, parameters))[0];
  }

  /** Where a row must be there. */
  async one(db: Runner, parameters: P): Promise<R> {
    const row = await this.first(db, parameters);
    if (row === undefined) throw new Error(`no row from: ${this.#compiled?.query.sql}`);
    return row;
  }

  /** Resolves to how many rows were changed. */
  async run(db: Runner, parameters: P): Promise<number> {
    const result = await db.executeQuery(this.#bind(parameters));
    return Number(result.numAffectedRows ?? 0n);
  }

  #bind(parameters: P): CompiledQuery<R> {
    this.#compiled ??= this.#compile();
    const { query, names } = this.#compiled;
    return { ...query, parameters: names.map((name) => parameters[name]) };
  }

  #compile(): Compiled<P, R> {
    const tree = this.#build((name) => sql`${new Placeholder(name)}`).toOperationNode() as RawNode;
    const query: CompiledQuery<R> = compiler.compileQuery(tree, createQueryId());
    return { query, names: query.parameters.map((value) => (value as Placeholder).name as keyof P) };
  }
}

interface Compiled<P, R> {
  readonly query: CompiledQuery<R>;
  readonly names: readonly (keyof P)[];
}

export function statement<P extends object, R = never>(
  build: (parameter: Parameter<P>) => RawBuilder<unknown>,
): PreparedStatement<P, R> {
  return new PreparedStatement<P, R>(build);
}
