/** The states as they are called elsewhere. They are asked for before spelling. */
import { suggestion } from "../text/suggest.js";
import { type JobState, STATES } from "./state.js";

const NAMES: Readonly<Record<JobState, string>> = {
  blocked: "stashed held hold locked depends",
  pending: "queued waiting wait scheduled delayed ready new enqueued todo",
  processing: "running active started in_progress in-progress inprogress executing busy claimed",
  completed: "done success succeeded successful finished complete ok completed_ok",
  failed: "retrying retry error errored failing failure",
  dead: "dlq dead_letter dead-letter deadletter buried exhausted",
  cancelled: "canceled killed aborted stopped revoked terminated",
};

/** The hint for a word that is not a state. */
export function stateHint(word: string): string {
  if (["all", "any", "*"].includes(word))
    return `${suggestion(word, STATES)}; queuectl list shows the jobs of all states`;
  const meant = STATES.find((state) => NAMES[state].split(" ").includes(word));
  return meant === undefined ? suggestion(word, STATES) : `did you mean ${meant}?`;
}

/** Every name, for tests. */
export const STATE_NAMES: readonly (readonly [name: string, state: JobState])[] = STATES.flatMap((state) =>
  NAMES[state].split(" ").map((name) => [name, state] as const),
);
