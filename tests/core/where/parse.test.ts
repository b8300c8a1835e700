import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { QueuectlError } from "../../../src/core/errors.js";
import { STATES } from "../../../src/core/job/state.js";
import { isoTime } from "../../../src/core/text/time.js";
import {
  type Comparison,
  type Condition,
  FIELDS,
  type Field,
  type FieldKind,
  OPERATORS_OF,
} from "../../../src/core/where/condition.js";
import { parseWhere } from "../../../src/core/where/parse.js";

const parse = (text: string) => parseWhere(text, "--where");
const compare = (field: Field, operator: Comparison["operator"], value: string | number): Comparison => ({
  kind: "compare",
  field,
  operator,
  value,
});
const [a, b, c] = [compare("queue", "=", "a"), compare("queue", "=", "b"), compare("queue", "=", "c")] as const;

describe("parseWhere", () => {
  it.each<[string, Condition]>([
    ["state=failed", compare("state", "=", "failed")],
    ["STATE = Failed", compare("state", "=", "failed")],
    ["max-retries>=3", compare("max_retries", ">=", 3)],
    ["priority < -2", compare("priority", "<", -2)],
    ["exit_code!=0", compare("exit_code", "!=", 0)],
    ["age<1h", compare("age", "<", 3_600_000)],
    ["age<1h30m", compare("age", "<", 5_400_000)],
    ["updated > '90'", compare("updated", ">", 90_000)],
    ["run_at<=2030-01-31T08:00:00Z", compare("run_at", "<=", Date.UTC(2030, 0, 31, 8))],
    ["created_at<'2030-01-31 08:00'", compare("created_at", "<", new Date(2030, 0, 31, 8).getTime())],
    ["command~ffmpeg", compare("command", "~", "ffmpeg")],
    ["command !~ 'a b'", compare("command", "!~", "a b")],
    [`last_error="it's \\"so\\" \\\\"`, compare("last_error", "=", `it's "so" \\`)],
    ["signal=''", compare("signal", "=", "")],
    ["queue=and", compare("queue", "=", "and")],
    ["tag=x:1+2,é", compare("tag", "=", "x:1+2,é")],
  ])("reads %j", (text, expected) => expect(parse(text)).toEqual(expected));

  it.each<[string, Condition]>([
    ["queue=a and queue=b and queue=c", { kind: "and", parts: [a, b, c] }],
    ["queue=a AND (queue=b and queue=c)", { kind: "and", parts: [a, b, c] }],
    ["queue=a or queue=b and queue=c", { kind: "or", parts: [a, { kind: "and", parts: [b, c] }] }],
    ["(queue=a or queue=b)and queue=c", { kind: "and", parts: [{ kind: "or", parts: [a, b] }, c] }],
    ["not queue=a or queue=b", { kind: "or", parts: [{ kind: "not", part: a }, b] }],
    ["Not(queue=a or queue=b)", { kind: "not", part: { kind: "or", parts: [a, b] } }],
    ["not not queue=a", { kind: "not", part: { kind: "not", part: a } }],
    ["((queue=a))", a],
  ])("joins %j", (text, expected) => expect(parse(text)).toEqual(expected));

  it("reads back what any condition is written as", () => {
    fc.assert(
      fc.property(condition, (condition) => {
        expect(parse(print(condition))).toEqual(condition);
      }),
    );
  });

  it("answers any text with a condition or an error that names a column", () => {
    const piece = fc.oneof(
      fc.constantFrom("state", "=", "failed", " and ", "not ", "(", ")", "'", '"', "~", "<", "age", "1h", "\\", "é "),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          parse(pieces.join(""));
        } catch (error) {
          expect((error as Error).message).toMatch(/^--where(, column \d+: | is empty)/);
          expect(error).toMatchObject({ exitCode: 2 });
        }
      }),
    );
  });
});

describe("a mistake is pointed at", () => {
  it.each([
    ["", "--where is empty; for example: --where 'state=failed and age<1h'"],
    ["state=dead and quee=etl", 'column 16: unknown field "quee"; did you mean "queue"?'],
    ["é='x' and", 'column 1: unknown field "é"; fields: state, queue, tag'],
    ["queue=é and x=1", 'column 13: unknown field "x"; fields: '],
    ["constructor=1", 'column 1: unknown field "constructor"'],
    ["state=faild", 'column 7: state is "faild", which is not a state; did you mean failed?'],
    ["state~fail", "column 6: state cannot be compared with ~; state knows = !="],
    ["priority~1", "column 9: priority cannot be compared with ~; priority knows = != < <= > >="],
    ["queue<a", "column 6: queue cannot be compared with <; queue knows = != ~ !~"],
    ["state==dead", 'column 6: unknown operator "=="; state knows = !='],
    ["age =< 1h", 'column 5: unknown operator "=<"'],
    ["state", "column 6: expected an operator after state"],
    ["state is dead", "column 7: expected an operator after state"],
    ["state=", "column 7: expected a value after state="],
    ["state= )", "column 8: expected a value after state="],
    ["state==", 'column 6: unknown operator "=="'],
    ["state=dead and", "column 15: expected a field; fields: state"],
    ["state=dead or or state=dead", 'column 15: unknown field "or"'],
    ["and", 'column 1: unknown field "and"'],
    ["not", "column 4: expected a field"],
    ["= dead", 'column 1: expected a field, not "="'],
    ["'state'=dead", 'column 1: expected a field, not "state"'],
    ["()", 'column 2: expected a field, not ")"'],
    ["(state=dead", "column 1: there is no ) for this ("],
    ["(state=dead queue=a)", 'column 13: expected "and", "or" or ), not "queue"'],
    ["state=dead)", "column 11: there is no ( for this )"],
    ["state=dead queue=a", 'column 12: expected "and" or "or", not "queue"; a value with spaces is quoted'],
    ["state=dead && queue=a", 'column 12: expected "and" or "or", not "&&"; did you mean "and"?'],
    ["state=dead constructor", 'column 12: expected "and" or "or", not "constructor"; a value'],
    ["queue='a", "column 7: the quote ' is not closed"],
    [`queue="a\\"`, 'column 7: the quote " is not closed'],
    ["age<soon", 'column 5: age is "soon", which is not a duration'],
    ["age<-1h", 'column 5: age is "-1h", which is not a duration'],
    ["attempts>many", 'column 10: attempts is "many"; it is compared with a number'],
    ["attempts>1e9", 'column 10: attempts is "1e9"; '],
    ["run_at<tomorrow", 'column 8: run_at is "tomorrow", which is not a time'],
    ["run_at<2030-02-31T00:00:00Z", "column 8: run_at is "],
  ])("%j", (text, message) => {
    const whole = message.startsWith("--where") ? message : `--where, ${message}`;
    expect(problemOf(text)).toContain(whole);
  });

  it("also where there is too much of it", () => {
    const deep = /column 101: more than 100 levels of parentheses and not$/;
    expect(problemOf(`${"(".repeat(100)}state=dead${")".repeat(100)}`)).toMatch(deep);
    expect(problemOf(`${"not ".repeat(5000)}state=dead`)).toMatch(/column 401: more than 100 levels/);
    expect(problemOf(new Array(1001).fill("age<1").join(" or "))).toMatch(/column 9001: more than 1000 conditions$/);
  });
});

function problemOf(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof QueuectlError) return [error.message, error.hint].filter(Boolean).join("; ");
    throw error;
  }
  throw new Error(`${text} was understood`);
}

const VALUES: Readonly<Record<FieldKind, fc.Arbitrary<string | number>>> = {
  state: fc.constantFrom(...STATES),
  text: fc.string({ unit: "grapheme" }),
  number: fc.integer(),
  duration: fc.nat(3_000_000_000_000),
  time: fc.integer({ min: 0, max: 4_000_000_000_000 }),
};

const comparison: fc.Arbitrary<Comparison> = fc
  .constantFrom(...(Object.keys(FIELDS) as Field[]))
  .chain((field) =>
    fc
      .tuple(fc.constantFrom(...OPERATORS_OF[FIELDS[field]]), VALUES[FIELDS[field]])
      .map(([operator, value]) => compare(field, operator, value)),
  );

/** In the form that the parser gives: no `and` is a part of an `and`. */
const condition: fc.Arbitrary<Condition> = fc.letrec<{ any: Condition; and: Condition; or: Condition; not: Condition }>(
  (tie) => {
    const rule = (kind: "and" | "or", ...others: fc.Arbitrary<Condition>[]) =>
      fc
        .array(fc.oneof(comparison, ...others), { minLength: 2, maxLength: 4 })
        .map((parts): Condition => ({ kind, parts }));
    return {
      any: fc.oneof({ maxDepth: 5 }, comparison, tie("and"), tie("or"), tie("not")),
      and: rule("and", tie("or"), tie("not")),
      or: rule("or", tie("and"), tie("not")),
      not: tie("any").map((part): Condition => ({ kind: "not", part })),
    };
  },
).any;

function print(condition: Condition): string {
  if (condition.kind === "not") return `not (${print(condition.part)})`;
  if (condition.kind === "compare") return `${condition.field} ${condition.operator} ${printValue(condition)}`;
  return condition.parts
    .map((part) => (part.kind === "or" ? `(${print(part)})` : print(part)))
    .join(` ${condition.kind} `);
}

function printValue({ field, value }: Comparison): string {
  if (FIELDS[field] === "duration") return `${value}ms`;
  if (FIELDS[field] === "time") return isoTime(Number(value));
  return typeof value === "number" ? String(value) : `'${value.replaceAll(/[\\']/g, "\\$&")}'`;
}
