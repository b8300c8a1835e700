/**
 * Decides what can stand at the cursor, from the words of the line and the commands' declarations, without a look at
 * the queue.
 */
import { SETTING_KEYS, SETTINGS } from "../../config/config.js";
import { type JobState, STATES, TERMINAL_STATES, TRANSITIONS } from "../../core/job/state.js";
import { SORT_KEYS } from "../input/job-filter.js";
import { type OptionSignature, type Signature, signatureOf } from "../parse/signature.js";
import { COMMAND_PATHS, GROUPS, loadCommand } from "../registry.js";
import { JOB_COLUMNS } from "../render/job-columns.js";
import { DATA_FORMATS } from "../render/print-jobs.js";
import { SHELLS } from "./shells.js";

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

export type Wanted =
  | { readonly kind: "words"; readonly candidates: readonly Candidate[] }
  /** Jobs in these states. Undefined: in any state. */
  | { readonly kind: "jobs"; readonly states: readonly JobState[] | undefined }
  | { readonly kind: "queues" | "schedules" | "policies" }
  /** `logs`: the ones with a log. Else the ones that run. */
  | { readonly kind: "pools"; readonly logs: boolean }
  | { readonly kind: "files" }
  | { readonly kind: "directories" };

export interface Question {
  readonly wanted: Wanted;
  /** The typed part of the word. */
  readonly typed: string;
  /** Text before it in the same word: `--state=`, `dead,`. */
  readonly before: string;
}

const NOTHING: Wanted = { kind: "words", candidates: [] };
const FILES: Wanted = { kind: "files" };

const plain = (values: readonly string[]): Wanted => ({
  kind: "words",
  candidates: values.map((value) => ({ value, description: "" })),
});

/** The states of the jobs that a command can act on. */
const JOBS_OF: Readonly<Record<string, readonly JobState[]>> = {
  cancel: TRANSITIONS.cancel.from,
  retry: TRANSITIONS.revive.from,
  "dlq retry": ["dead"],
  "jobs delete": STATES.filter((state) => state !== "processing"),
};

const STATES_OF: Readonly<Record<string, readonly JobState[]>> = {
  retry: TRANSITIONS.revive.from,
  prune: TERMINAL_STATES,
};

/** What a NAME is, by the first word of the command. */
const NAMED: Readonly<Record<string, Wanted>> = {
  queue: { kind: "queues" },
  schedule: { kind: "schedules" },
  policy: { kind: "policies" },
};

/** Flags whose value is a list with commas. */
const LISTS = ["--state", "--columns"];

/** @param words after `queuectl`; the last one is at the cursor and may be empty */
export async function whatIsWanted(words: readonly string[]): Promise<Question> {
  const current = words.at(-1) ?? "";
  const { path, rest } = await split(words.slice(0, -1));
  const whole = (wanted: Wanted): Question => ({ wanted, typed: current, before: "" });
  if (path === "help" || path.startsWith("help ")) return whole(await nextWords(path.slice("help".length).trim()));
  const signature = signatureOf(await loadCommand(COMMAND_PATHS.includes(path) ? path : "status"));
  if (rest.includes("--")) return whole(signature.takesCommand ? FILES : argument(path, signature, rest));
  const flag = flagOf(signature, rest.at(-1));
  if (flag?.value) return ofList(flag, whole(flagValue(path, flag)));
  if (!COMMAND_PATHS.includes(path) && !current.startsWith("-")) {
    return whole(rest.length > 0 ? NOTHING : await nextWords(path));
  }
  const [, name, value] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [];
  const named = flagOf(signature, name);
  if (named?.value) {
    return ofList(named, { wanted: flagValue(path, named), typed: value ?? "", before: `${name}=` });
  }
  if (current.startsWith("-")) return whole(flags(signature));
  return whole(argument(path, signature, rest));
}

/** The command's words and the words after them, without flags before them. */
async function split(words: readonly string[]): Promise<{ readonly path: string; readonly rest: readonly string[] }> {
  const path: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const longer = [...path, word].join(" ");
    if (word.startsWith("-")) {
      if (word === "--" || COMMAND_PATHS.includes(path.join(" ")))
        return { path: path.join(" "), rest: words.slice(i) };
      if (word === "--home" || word === "--db") {
        if (i + 1 === words.length) return { path: path.join(" "), rest: words.slice(i) };
        i++;
      }
    } else if (path[0] === "help" || longer === "help" || GROUPS.includes(longer) || COMMAND_PATHS.includes(longer)) {
      path.push(word);
    } else return { path: path.join(" "), rest: words.slice(i) };
  }
  return { path: path.join(" "), rest: [] };
}

/** The words that can follow a path, such as `start` after `worker`. */
async function nextWords(path: string): Promise<Wanted> {
  const before = path === "" ? "" : `${path} `;
  const paths = COMMAND_PATHS.filter((known) => known.startsWith(before));
  const nexts = [...new Set(paths.map((known) => known.slice(before.length).split(" ")[0] as string))];
  const candidates = await Promise.all(
    nexts.map(async (value) => ({ value, description: await descriptionOf(`${before}${value}`) })),
  );
  if (path === "") candidates.push({ value: "help", description: "Say more about a command" });
  return { kind: "words", candidates };
}

async function descriptionOf(path: string): Promise<string> {
  if (COMMAND_PATHS.includes(path)) return (await loadCommand(path)).usage?.description ?? "";
  const members = COMMAND_PATHS.filter((known) => known.startsWith(`${path} `));
  return members.map((known) => known.slice(path.length + 1)).join(", ");
}

function flagOf({ options }: Signature, name: string | undefined): OptionSignature | undefined {
  return options.find(({ names }) => name !== undefined && names.includes(name));
}

function flags({ options }: Signature): Wanted {
  const candidates = options.flatMap(({ names, description }) => names.map((value) => ({ value, description })));
  const help = { value: "--help", description: "usage, flags and examples" };
  return { kind: "words", candidates: [...candidates.filter(({ value }) => value.startsWith("--")), help] };
}

function flagValue(path: string, { names, value }: OptionSignature): Wanted {
  switch (names.at(-1)) {
    case "--state":
      return plain(STATES_OF[path] ?? STATES);
    case "--format":
      return plain(["table", ...DATA_FORMATS]);
    case "--sort":
      return plain(SORT_KEYS);
    case "--columns":
      return plain(JOB_COLUMNS);
    case "--queue":
      return { kind: "queues" };
    case "--policy":
      return { kind: "policies" };
  }
  // `worker start --name` names a new pool.
  if (value === "POOL" && path !== "worker start") return { kind: "pools", logs: path === "worker logs" };
  if (/^[a-z]+(\|[a-z]+)+$/.test(value ?? "")) return plain((value ?? "").split("|"));
  // `enqueue --id` names a new job.
  if (value === "ID" && path !== "enqueue") return { kind: "jobs", states: undefined };
  if (value === "DIR") return { kind: "directories" };
  return value === "FILE" ? FILES : NOTHING;
}

/** In a list with commas, only the last part is being typed. */
function ofList(flag: OptionSignature, question: Question): Question {
  const comma = question.typed.lastIndexOf(",") + 1;
  if (comma === 0 || !LISTS.some((name) => flag.names.includes(name))) return question;
  const { typed, before } = question;
  return { ...question, typed: typed.slice(comma), before: before + typed.slice(0, comma) };
}

function argument(path: string, signature: Signature, rest: readonly string[]): Wanted {
  const names = [...signature.required, ...signature.optional];
  const name = names[countArguments(signature, rest)] ?? (signature.rest ? (names.at(-1) ?? "ID") : undefined);
  if (name === "ID") return { kind: "jobs", states: JOBS_OF[path] };
  if (name === "KEY") {
    const candidates = SETTING_KEYS.map((value) => ({ value, description: SETTINGS[value].description }));
    return { kind: "words", candidates };
  }
  if (name === "SHELL") return plain(SHELLS);
  if (name === "POOL") return { kind: "pools", logs: false };
  if (name === "QUEUE") return { kind: "queues" };
  return (name === "NAME" && NAMED[path.split(" ")[0] ?? ""]) || NOTHING;
}

function countArguments(signature: Signature, words: readonly string[]): number {
  const isArgument = (word: string, i: number) => !word.startsWith("-") && !flagOf(signature, words[i - 1])?.value;
  return words.filter(isArgument).length;
}
