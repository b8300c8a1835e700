/** Colour, for people only: on a terminal, and not if they do not want it. */
import picocolors from "picocolors";
import type { JobState } from "../../core/state.js";
import { isTerminal } from "../standard-streams.js";

const wanted = !process.env.NO_COLOR && process.env.TERM !== "dumb" && isTerminal(1);

/** For stdout. picocolors' own guess also counts CI and FORCE_COLOR, which the contract does not. */
export const style = picocolors.createColors(wanted);

const STATE_STYLE: Readonly<Record<string, (text: string) => string>> = {
  processing: style.cyan,
  completed: style.green,
  failed: style.yellow,
  dead: style.red,
  cancelled: style.dim,
  blocked: style.magenta,
} satisfies Partial<Record<JobState, (text: string) => string>>;

export function stateText(state: string, text = state): string {
  return STATE_STYLE[state]?.(text) ?? text;
}
