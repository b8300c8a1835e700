/** Checks of the doctor as lines, and the exit code that they lead to. */
import { EXIT } from "../../core/errors.js";
import { plural } from "../../core/text/plural.js";
import { oneLine } from "../../core/text/visible.js";
import type { Check } from "../../doctor/check.js";
import { style } from "../terminal/style.js";

const PAINT = { ok: style.green, warning: style.yellow, problem: style.red } as const;

export function checksExitCode(checks: readonly Check[]): number {
  if (checks.some(({ unusable }) => unusable)) return EXIT.unusable;
  return checks.some(({ status }) => status === "problem") ? EXIT.failure : EXIT.ok;
}

export function checksText(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map(({ name, status, message, hint }) => {
    const text = oneLine(hint === undefined ? message : `${message}; ${hint}`);
    return `${PAINT[status](status.padEnd("problem".length))}  ${name.padEnd(width)}  ${text}`;
  });
  const count = (wanted: Check["status"]) => checks.filter(({ status }) => status === wanted).length;
  return [...lines, "", `${plural(count("problem"), "problem")}, ${plural(count("warning"), "warning")}`].join("\n");
}
