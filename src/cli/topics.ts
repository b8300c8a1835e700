/** Commands grouped by the user's task: the order of help and of the documentation. */
import { COMMAND_PATHS } from "./registry.js";

export interface Topic {
  readonly title: string;
  /** The commands, each by its words. */
  readonly paths: readonly string[];
}

/** By a command's words, or by its first word for a whole group. */
const TOPICS: readonly (readonly [title: string, words: readonly string[]])[] = [
  ["Enqueue and run", ["enqueue", "run", "wait"]],
  ["Work", ["worker"]],
  ["Look", ["status", "top", "list", "show", "logs", "explain"]],
  ["Steer", ["cancel", "retry", "edit", "dlq", "queue", "policy", "schedule", "webhook"]],
  ["Keep in order", ["jobs", "prune", "doctor", "db"]],
  ["Set up", ["config", "completion"]],
  ["Inside a job", ["progress"]],
];

/** For commands without a topic. */
const OTHER = "Other";

export function topics(paths: readonly string[] = COMMAND_PATHS): readonly Topic[] {
  const titleOf = (path: string) =>
    TOPICS.find(([, words]) => words.includes(path) || words.includes(path.split(" ")[0] ?? ""))?.[0] ?? OTHER;
  return [...TOPICS.map(([title]) => title), OTHER]
    .map((title) => ({ title, paths: paths.filter((path) => titleOf(path) === title) }))
    .filter((topic) => topic.paths.length > 0);
}
