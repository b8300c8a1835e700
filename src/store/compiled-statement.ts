/**
 * A statement that is written once, compiled by Kysely at its first use, and run often: compiling at each call would
 * cost more than running. What differs between databases is a {@link Dialect}.
 */
import type { RawBuilder, RawNode } from "kysely";
import type { Prepared } from "./shared/statements/prepared.js";
import type { Query, Tells, Work } from "./shared/work.js";

/** Writes a parameter into the template. `type`: the database's name for it, where the name does not tell. */
export type Parameter<P> = (name: keyof P & string, type?: string) => RawBuilder<unknown>;

export interface Dialect {
  /** Its values in the tree are of {@link Placeholder}. */
  readonly parameter: (name: string, type?: string) => RawBuilder<unknown>;
  compile(tree: RawNode): CompiledText;
}

export interface CompiledText {
  readonly sql: string;
  /** Values in their order. A {@link Placeholder} stands for a parameter's value. */
  readonly parameters: readonly unknown[];
  readonly tells?: Tells | undefined;
}

/** The parameters of one call. */
export interface Values {
  readonly [name: string]: unknown;
}

/** Stands for a parameter's value until the statement runs. */
export class Placeholder {
  /** Two with the same name have the same value. */
  readonly name: string;
  /** Takes the value from those of the call, in the form that the driver takes. */
  readonly of: (values: Values) => unknown;

  constructor(name: string, of: (values: Values) => unknown) {
    this.name = name;
    this.of = of;
  }
}

export class CompiledStatement<P extends object, R> implements Prepared<P, R> {
  readonly #dialect: Dialect;
  readonly #build: (parameter: Parameter<P>) => RawBuilder<unknown>;
  #compiled: CompiledText | undefined;

  constructor(dialect: Dialect, build: (parameter: Parameter<P>) => RawBuilder<unknown>) {
    this.#dialect = dialect;
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
    const { sql, parameters, tells } = this.#compile();
    const bound = new Array<unknown>(parameters.length);
    for (let i = 0; i < parameters.length; i++) {
      const parameter = parameters[i];
      bound[i] = parameter instanceof Placeholder ? parameter.of(values as Values) : parameter;
    }
    return tells === undefined ? { sql, parameters: bound } : { sql, parameters: bound, tells };
  }

  #compile(): CompiledText {
    this.#compiled ??= this.#dialect.compile(this.#build(this.#dialect.parameter).toOperationNode() as RawNode);
    return this.#compiled;
  }
}
