/**
 * Cron expressions. Each field is checked alone, so that an error names the wrong one; croner interprets a valid
 * expression. An expression speaks of wall-clock time; `ticks.ts` finds the moments at which the clock shows it.
 */
import { Cron } from "croner";
import { UsageError } from "../errors.js";
import { suggestion } from "../text/suggest.js";

/** Other programs know more macros. These are the ones that only abbreviate five fields. */
const MACROS: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

const SECOND: Field = { name: "second", min: 0, max: 59 };
const FIELDS: readonly Field[] = [
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  { name: "day", min: 1, max: 31 },
  { name: "month", min: 1, max: 12 },
  { name: "weekday", min: 0, max: 7 },
];

export interface CronExpression {
  /** Six fields, seconds first, separated by one space. */
  readonly pattern: string;
  /** Whether the hour begins with `*`; `ticks.ts` says what that means. */
  readonly everyHour: boolean;
}

/** @throws UsageError naming the wrong field */
export function parseCron(text: string, seconds: boolean): CronExpression {
  const words = text.trim().split(/\s+/);
  const fields = words[0]?.startsWith("@") ? macro(words.join(" ")).split(" ") : words;
  if (fields === words) checkCount(fields, text, seconds);
  const six = fields.length === 5 ? ["0", ...fields] : fields;
  for (const [index, field] of [SECOND, ...FIELDS].entries()) checkField(field, six[index] ?? "", index);
  return { pattern: six.join(" "), everyHour: /^[*?]/.test(six[2] ?? "") };
}

/**
 * The moments at which a clock without summer time shows the pattern. `utcOffset` saves croner from asking for a zone.
 */
export function compile(pattern: string, zone: { timezone: string } | { utcOffset: 0 }): Cron {
  return new Cron(pattern, { ...zone, paused: true, mode: "6-part" });
}

function macro(text: string): string {
  const fields = MACROS[text.toLowerCase()];
  if (fields !== undefined) return fields;
  throw new UsageError(`--cron has no macro ${JSON.stringify(text)}`, suggestion(text, Object.keys(MACROS)));
}

function checkCount({ length }: readonly string[], text: string, seconds: boolean): void {
  if (length === (seconds ? 6 : 5)) return;
  if (text.trim() === "") throw new UsageError("--cron is empty", "for example: --cron '*/5 * * * *'");
  const has = `--cron has ${length} field${length === 1 ? "" : "s"}`;
  if (seconds) throw new UsageError(`${has}; with --seconds it must have 6`, "second minute hour day month weekday");
  if (length === 6) throw new UsageError(`${has}, which is one too many`, "add --seconds if the first means seconds");
  throw new UsageError(`${has}; it must have 5: minute hour day month weekday`, "put it in single quotes");
}

/** Lets croner read the field alone, between `*` fields that cannot be wrong. */
function checkField({ name, min, max }: Field, text: string, index: number): void {
  const around = ["*", "*", "*", "*", "*", "*"];
  const number = text
    .replace(/\/\d+/g, "")
    .match(/\d+/g)
    ?.find((digits) => Number(digits) < min || Number(digits) > max);
  const wrong = (what: string, hint?: string) => new UsageError(`--cron, ${name} field: ${what}`, hint);
  if (number !== undefined && !text.includes("#")) throw wrong(`${number} is not between ${min} and ${max}`);
  try {
    compile(around.with(index, text).join(" "), { utcOffset: 0 });
  } catch {
    throw wrong(`${JSON.stringify(text)} cannot be read`, `for example *, ${min + 1}, 1,3, 2-5 or */2`);
  }
}
