/**
 * One action on several jobs. Named jobs are first all looked up and checked, and then changed together, so that
 * nothing is half done. Jobs chosen by flags may be a million, so they are changed a page at a time. If one of them has
 * changed state in the meantime, it is reported and holds up no other. Each job gets its line, or its entry in the
 * JSON.
 */

import { EXIT, QueuectlError, UsageError } from "../../core/errors.js";
import type { JobState } from "../../core/job/state.js";
import { listed } from "../../core/text/listed.js";
import { plural } from "../../core/text/plural.js";
import { changeToJson, type TakenAlong } from "../../json/jobs/change.js";
import type { Client } from "../../queue/client.js";
import type { ChangedJob } from "../../queue/jobs/changes.js";
import type { GraphOrder, JobFilter } from "../../queue/jobs/filter.js";
import type { Job } from "../../queue/jobs/job.js";
import type { BaseCommand } from "../base/command.js";
import type { Selection } from "../base/jobs-command.js";
import { hintAsTyped } from "../parse/typed-options.js";
import { reportError } from "../render/error.js";
import { printList } from "../render/print-jobs.js";
import { finishFirst, unlessCut } from "../terminal/standard-streams.js";
import { canAsk, confirm } from "./confirm.js";
import { withHintOfAll } from "./means-all.js";

export interface Act {
  readonly states: readonly JobState[];
  /** Error for a named job in another state. */
  readonly refuse: (job: Job) => Error;
  /** Hint for a user who chooses another state. */
  readonly hint: string;
  /** Sentence for having nothing to do. Absent: jobs were chosen, and it is an error that there are none. */
  readonly nothing?: string;
  /** Acts on exactly these jobs, together. */
  readonly apply: (jobs: readonly Job[]) => Promise<readonly ChangedJob[]>;
  /** Order of the pages, for jobs that wait for each other. */
  readonly graphOrder: GraphOrder;
  /** Line to print for a changed job. */
  readonly sentence: (job: Job) => string;
  /** What happens to the jobs that a changed job takes along. */
  readonly takenAlong: TakenAlong;
  /** Question before jobs chosen by flags are changed. */
  readonly confirm?: {
    readonly command: string;
    readonly verb: "Cancel" | "Delete";
    readonly yes: boolean;
    /** Command that shows the chosen jobs. Default: `queuectl list`. */
    readonly list?: string;
  };
}

/** Jobs that were changed together, or some at a time. */
type Pages = AsyncIterable<readonly ChangedJob[]> | Iterable<readonly ChangedJob[]>;

/** Resolves to the exit code. */
export async function changeJobs(
  command: BaseCommand,
  client: Client,
  selection: Selection,
  act: Act,
): Promise<number> {
  if (selection.kind === "chosen") return changeChosen(command, client, within(selection.filter, act), act);
  const jobs = new Map<string, Job>();
  for (const reference of selection.references) {
    const job = await client.jobs.get(reference).catch((error) => {
      throw withHintOfAll(command, reference, error);
    });
    if (!act.states.includes(job.state)) throw act.refuse(job);
    jobs.set(job.id, job);
  }
  const results = await act.apply([...jobs.values()]);
  const [only] = results;
  if (selection.references.length > 1 || only === undefined) return report(command, act, [results]);
  if ("error" in only) throw only.error;
  if (command.json) command.printJson(changeToJson(only, act.takenAlong));
  else command.print(lineFor(only, act));
  return EXIT.ok;
}

async function changeChosen(command: BaseCommand, client: Client, filter: JobFilter, act: Act): Promise<number> {
  const asks = act.confirm !== undefined && !act.confirm.yes;
  if (asks && !canAsk()) {
    throw new UsageError(
      `${act.confirm.command} needs -y without a terminal`,
      `${act.confirm.list ?? "queuectl list"} with the same flags shows the jobs`,
    );
  }
  const found = await client.jobs.count(filter);
  if (found === 0) return idle(command, act);
  if (asks && !(await confirm(`${act.confirm.verb} ${plural(found, "job")}?`))) {
    command.remark("Nothing was changed");
    return EXIT.failure;
  }
  return report(command, act, applyToPages(client, filter, act));
}

function idle(command: BaseCommand, { nothing }: Act): number {
  if (nothing === undefined) throw new QueuectlError("not_found", "no job matches");
  if (command.json) command.printJson([]);
  else command.print(nothing);
  return EXIT.ok;
}

/** @throws UsageError if the action is not possible in one of the states */
function within(filter: JobFilter, { states, hint }: Act): JobFilter {
  const wrong = filter.states?.find((state) => !states.includes(state));
  if (wrong !== undefined) throw new UsageError(`--state is ${wrong}`, hint);
  return { states, ...filter };
}

async function* applyToPages(client: Client, filter: JobFilter, act: Act): AsyncGenerator<readonly ChangedJob[]> {
  for await (const jobs of client.jobs.pages(filter, { graphOrder: act.graphOrder })) yield await act.apply(jobs);
}

async function report(command: BaseCommand, act: Act, pages: Pages): Promise<number> {
  finishFirst();
  let code: number = EXIT.ok;
  const watched = untilTrouble(pages, (exitCode) => {
    code = exitCode;
  });
  if (command.json) await printList(watched, (result) => shown(result, act));
  else {
    for await (const results of watched) {
      for (const result of results) {
        if ("job" in result) command.print(lineFor(result, act));
        else reportError(result.error, false);
      }
    }
  }
  return unlessCut(code);
}

function shown(result: ChangedJob, act: Act) {
  const json = changeToJson(result, act.takenAlong);
  return "error" in json ? { ...json, error: hintAsTyped(json.error) } : json;
}

function lineFor({ job, takenAlong }: Extract<ChangedJob, { job: Job }>, act: Act): string {
  const also = takenAlong.length === 0 ? "" : `; also ${act.takenAlong}: ${listed(takenAlong)}`;
  return `${act.sentence(job)}${also}`;
}

/** A job that has changed state does not end the run; a store that cannot be written does. */
async function* untilTrouble(
  pages: Pages,
  failWith: (exitCode: number) => void,
): AsyncGenerator<readonly ChangedJob[]> {
  for await (const results of pages) {
    yield results;
    const errors = results.flatMap((result) => ("error" in result ? [result.error] : []));
    const trouble = errors.find(({ code }) => code !== "conflict" && code !== "not_found");
    if (errors.length > 0) failWith(trouble?.exitCode ?? EXIT.conflict);
    if (trouble !== undefined) return;
  }
}
