/** Arguments where a command takes none, or no more: what they may have meant. */

import { STATES } from "../../core/job/state.js";
import { quoteWord } from "../../core/text/quote-word.js";
import { type Form, formsHint } from "./habit.js";

const LISTS: Readonly<Record<string, Form>> = {
  jobs: ["list jobs", "list"],
  all: ["list all jobs", "list --limit 0"],
  dlq: ["list dead jobs", "dlq list"],
  workers: ["list workers", "worker list"],
  queues: ["list queues", "queue list"],
  schedules: ["list schedules", "schedule list"],
  config: ["list settings", "config list"],
};

const CRON = /^(?:@[a-z]+|\S+(?:\s+\S+){4})$/;

/** What a shell leaves of `{"id":"job1","command":"echo hi"}` without quotes. */
const UNQUOTED_JSON = /^[{[]|^(?:id|command):/;

const ONE_JOB = `enqueue '{"command":"echo hi"}'`;

type Reader = (extra: string, all: readonly string[]) => readonly Form[];

const see = (extra: string): Form => ["see one job", `show ${quoteWord(extra)}`];

const READERS: Readonly<Record<string, Reader>> = {
  list(extra) {
    const states = extra.toLowerCase();
    if (states.split(",").every((state) => (STATES as readonly string[]).includes(state)))
      return [["choose by state", `list --state ${states}`]];
    return [Object.hasOwn(LISTS, extra) ? (LISTS[extra] as Form) : see(extra)];
  },
  status: (extra) => [see(extra)],
  show: (extra) => [see(extra)],
  "dlq list": (extra) => [see(extra)],
  "dlq purge": (extra) => [
    extra === "all" ? ["delete all dead jobs", "dlq purge"] : ["delete one job", `jobs delete ${quoteWord(extra)}`],
  ],
  prune: (extra) => [
    extra === "all"
      ? ["delete all ended jobs", "prune --state completed,dead,cancelled"]
      : ["delete one job", `jobs delete ${quoteWord(extra)}`],
  ],
  "worker start": (extra) =>
    /^\d+$/.test(extra)
      ? [["start several", `worker start --count ${extra}`]]
      : [["serve one queue only", `worker start --queue ${quoteWord(extra)}`]],
  "worker scale"(extra, all) {
    const count = all.find((word) => /^\d+$/.test(word)) ?? "3";
    const name = all.find((word) => word !== count) ?? extra;
    return [["change one pool", `worker scale ${count} --name ${quoteWord(name)}`]];
  },
  "schedule add"(_, all) {
    const name = all.find((word) => /^[\w.-]+$/.test(word)) ?? "NAME";
    const cron = all.find((word) => CRON.test(word)) ?? "30 2 * * *";
    const command = all.filter((word) => word !== name && word !== cron).join(" ") || "make test";
    const words = `${quoteWord(name)} --cron ${quoteWord(cron)} --command ${quoteWord(command)}`;
    return [["run a line of shell by the clock", `schedule add ${words}`]];
  },
  "worker stop": () => [
    ["stop all workers", "worker stop"],
    ["have fewer", "worker scale 1"],
  ],
  "worker list": () => [["list the workers", "worker list"]],
  "config set": (_, [key = "", ...value]) => [
    ["set it to several words", `config set ${quoteWord(key)} ${quoteWord(value.join(" "))}`],
  ],
  enqueue(_, all) {
    const [first = "", ...others] = all;
    const rest = others.join(" ");
    if (UNQUOTED_JSON.test(first)) return [["keep the JSON in one piece, put it in single quotes", ONE_JOB]];
    const whole: Form = ["enqueue one command", `enqueue ${quoteWord(all.join(" "))}`];
    const named: Form = ["give it an id", `enqueue --id ${quoteWord(first)} --command ${quoteWord(rest)}`];
    return others.some((word) => word.includes(" ")) ? [named, whole] : [whole, named];
  },
};

/** The hint for too many arguments. Undefined: nothing is known of them. */
export function argumentHint(path: string, extra: string, all: readonly string[]): string | undefined {
  const read = Object.hasOwn(READERS, path) ? READERS[path] : undefined;
  return read && formsHint(read(extra, all));
}
