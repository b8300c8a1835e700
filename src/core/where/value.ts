/** Reads the value in a comparison of a `where` expression from its text. */

import { UsageError } from "../errors.js";
import { STATES } from "../job/state.js";
import { stateHint } from "../job/state-names.js";
import { parseDuration } from "../text/duration.js";
import { parseTime } from "../text/time.js";
import type { FieldKind } from "./condition.js";

/** @throws UsageError beginning with `what` */
export function readValue(kind: FieldKind, text: string, what: string): string | number {
  switch (kind) {
    case "text":
      return text;
    case "state": {
      const state = text.toLowerCase();
      if ((STATES as readonly string[]).includes(state)) return state;
      throw new UsageError(`${what} is ${JSON.stringify(text)}, which is not a state`, stateHint(state));
    }
    case "number":
      if (/^[+-]?\d+(\.\d+)?$/.test(text)) return Number(text);
      throw new UsageError(`${what} is ${JSON.stringify(text)}`, "it is compared with a number");
    case "duration":
      return parseDuration(text, what);
    case "time":
      return parseTime(text, what);
  }
}
