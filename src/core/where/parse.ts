/**
 * Parses the language of `--where`: `state=failed and (queue=etl or tag=nightly) and not age<1h`. Recursive descent
 * over these rules:
 *
 *     either  = both ("or" both)*
 *     both    = single ("and" single)*
 *     single  = "not" single | "(" either ")" | field operator value
 *
 * After an operator, any word is a value; so a queue may be called `and`.
 */
import { UsageError } from "../errors.js";
import { suggest } from "../text/suggest.js";
import { type Condition, FIELDS, type Field, OPERATORS, OPERATORS_OF, type Operator } from "./condition.js";
import { type Token, tokenize, whereError } from "./tokens.js";
import { readValue } from "./value.js";

/** Far more than a user types, and far less than would overflow the stack. */
const MAX_DEPTH = 100;
const MAX_COMPARISONS = 1000;

/** Their names in other languages. */
const USUAL_ELSEWHERE = new Map(Object.entries({ "&&": "and", "&": "and", ",": "and", "||": "or", "|": "or" }));

const KNOWN_FIELDS = Object.keys(FIELDS);
const FIELDS_HINT = `fields: ${KNOWN_FIELDS.join(", ")}`;

/**
 * @param what the expression's name in errors, which also tell the column
 * @throws UsageError
 */
export function parseWhere(source: string, what: string): Condition {
  if (source.trim() === "") throw new UsageError(`${what} is empty`, `for example: ${what} 'state=failed and age<1h'`);
  return new Parser(tokenize(source, what), what).parse();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #what: string;
  #at = 0;
  #depth = 0;
  #comparisons = 0;

  constructor(tokens: readonly Token[], what: string) {
    this.#tokens = tokens;
    this.#what = what;
  }

  parse(): Condition {
    const condition = this.#either();
    const { kind, text, column } = this.#next;
    if (kind === "end") return condition;
    if (kind === ")") throw this.#error(column, "there is no ( for this )");
    const meant = USUAL_ELSEWHERE.get(text);
    const hint = meant === undefined ? "a value with spaces is quoted" : `did you mean "${meant}"?`;
    throw this.#error(column, `expected "and" or "or", not ${JSON.stringify(text)}`, hint);
  }

  #either(): Condition {
    return this.#joined("or", () => this.#joined("and", () => this.#single()));
  }

  #joined(kind: "and" | "or", part: () => Condition): Condition {
    const parts = [part()];
    while (this.#takes(kind)) parts.push(part());
    if (parts.length === 1) return parts[0] as Condition;
    return { kind, parts: parts.flatMap((part) => (part.kind === kind ? part.parts : [part])) };
  }

  #single(): Condition {
    const { kind, column } = this.#next;
    if (++this.#depth > MAX_DEPTH) throw this.#error(column, `more than ${MAX_DEPTH} levels of parentheses and not`);
    const condition = this.#takes("not")
      ? ({ kind: "not", part: this.#single() } as const)
      : kind === "("
        ? this.#parenthesized()
        : this.#comparison();
    this.#depth -= 1;
    return condition;
  }

  #parenthesized(): Condition {
    const { column } = this.#take();
    const condition = this.#either();
    if (this.#next.kind === "end") throw this.#error(column, "there is no ) for this (");
    if (this.#next.kind === ")") this.#take();
    else throw this.#error(this.#next.column, `expected "and", "or" or ), not ${JSON.stringify(this.#next.text)}`);
    return condition;
  }

  #comparison(): Condition {
    const name = this.#take();
    if (++this.#comparisons > MAX_COMPARISONS)
      throw this.#error(name.column, `more than ${MAX_COMPARISONS} conditions`);
    const field = this.#field(name);
    const operator = this.#operator(field, this.#take());
    const value = this.#take();
    if (value.kind !== "word" && value.kind !== "text") {
      throw this.#error(value.column, `expected a value after ${field}${operator}`, "an empty text is ''");
    }
    const what = `${this.#what}, column ${value.column}: ${field}`;
    return { kind: "compare", field, operator, value: readValue(FIELDS[field], value.text, what) };
  }

  #field({ kind, text, column }: Token): Field {
    if (kind !== "word") {
      const found = kind === "end" ? "" : `, not ${JSON.stringify(text)}`;
      throw this.#error(column, `expected a field${found}`, FIELDS_HINT);
    }
    const field = text.toLowerCase().replaceAll("-", "_");
    if (Object.hasOwn(FIELDS, field)) return field as Field;
    const meant = suggest(field, KNOWN_FIELDS);
    const hint = meant === undefined ? FIELDS_HINT : `did you mean ${JSON.stringify(meant)}?`;
    throw this.#error(column, `unknown field ${JSON.stringify(text)}`, hint);
  }

  #operator(field: Field, { kind, text, column }: Token): Operator {
    const known = OPERATORS_OF[FIELDS[field]];
    const operator = OPERATORS.find((one) => kind === "operator" && one === text);
    if (operator !== undefined && known.includes(operator)) return operator;
    const problem =
      operator !== undefined
        ? `${field} cannot be compared with ${operator}`
        : kind === "operator"
          ? `unknown operator ${JSON.stringify(text)}`
          : `expected an operator after ${field}`;
    throw this.#error(column, problem, `${field} knows ${known.join(" ")}`);
  }

  get #next(): Token {
    return this.#tokens[this.#at] as Token;
  }

  /** Returns the next token. The end token stays. */
  #take(): Token {
    const token = this.#next;
    if (token.kind !== "end") this.#at += 1;
    return token;
  }

  #takes(word: "and" | "or" | "not"): boolean {
    const found = this.#next.kind === "word" && this.#next.text.toLowerCase() === word;
    if (found) this.#at += 1;
    return found;
  }

  #error(column: number, problem: string, hint?: string): UsageError {
    return whereError(this.#what, column, problem, hint);
  }
}
