/** Colours, only on a terminal, and only if the user wants them. */
import type { JobState } from "../../core/job/state.js";
import { isTerminal } from "./standard-streams.js";

const wanted = !process.env.NO_COLOR && process.env.TERM !== "dumb" && isTerminal(1);

/**
 * For stdout. These are our own codes: the libraries for colours make `process.stdout` when they are loaded, which
 * costs milliseconds.
 */
export const style = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  inverse: paint(7, 27),
  red: paint(31),
  green: paint(32),
  yellow: paint(33),
  magenta: paint(35),
  cyan: paint(36),
} as const;

function paint(begin: number, end = 39): (text: string) => string {
  return (text) => (wanted ? `\x1b[${begin}m${text}\x1b[${end}m` : text);
}

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
