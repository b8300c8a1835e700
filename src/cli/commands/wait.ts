import { EXIT, QueuectlError, UsageError } from "../../core/errors.js";
import { isTerminal, STATES } from "../../core/job/state.js";
import { formatDuration, parseDuration } from "../../core/text/duration.js";
import { listed } from "../../core/text/listed.js";
import { plural } from "../../core/text/plural.js";
import { endedToJson } from "../../json/jobs/change.js";
import type { Client } from "../../queue/client.js";
import type { Job } from "../../queue/jobs/job.js";
import type { Waited } from "../../queue/jobs/wait.js";
import { meansAll } from "../actions/means-all.js";
import { NoWorkerRemark } from "../actions/no-worker.js";
import { type Selector, SelectorCommand } from "../base/selector-command.js";
import { Command, Option } from "../parse/clipanion.js";
import { openProgress } from "../terminal/progress.js";
import { endsWith } from "../terminal/standard-streams.js";

const SELECTORS = "--state, --queue, --tag or --where";
const LOOK = "queuectl list shows the jobs";
const UNFINISHED: Selector = { states: STATES.filter((state) => !isTerminal(state)) };
const DEAD: Selector = { states: ["dead"], unacknowledged: true };

export class WaitCommand extends SelectorCommand {
  static override paths = [["wait"]];
  static override usage = Command.Usage({
    description: "Wait until jobs have ended",
    details:
      "Name the jobs, or choose them by flags: the ones that match when it begins, ended ones too. " +
      "--all waits for every job that has not ended; if all have ended already, it returns at once. A failed job " +
      "that will be retried has not ended. Exit code 0: all of them completed. 4: one is dead, was cancelled or was " +
      "deleted; with --all also if any other job is dead in the end. 3: no job matches; with --all: there is no job " +
      "at all. 124: the time was over. Interrupting wait stops no job. With --json: the jobs, as a list.",
    examples: [
      ["Two jobs, at most five minutes", "queuectl wait job1 job2 --timeout 5m"],
      ["Everything that is in the queue now", "queuectl wait --all"],
      ["The jobs of a tag that were enqueued today", "queuectl wait --tag nightly --where 'age<24h'"],
    ],
  });

  ids = Option.Rest({ name: "ID" });
  all = Option.Boolean("--all", false, { description: "every job that has not ended yet, scheduled ones too" });
  timeout = Option.String("--timeout", { description: "DURATION | give up after this; default: never" });

  override async run(client: Client): Promise<number> {
    const timeoutMs = this.timeout === undefined ? undefined : parseDuration(this.timeout, "--timeout");
    if (this.ids.length === 1 && (await meansAll(client, this.ids[0]))) [this.all, this.ids] = [true, []];
    const ids = await this.#chosen(client);
    const waited = withDead(await this.#wait(client, ids, timeoutMs), this.all ? await deadJobs(client) : []);
    if (waited.unfinished.size > 0) throw timedOut(waited, timeoutMs ?? 0);
    const failed = [...waited.ended].filter(([, state]) => state !== "completed");
    if (this.json) {
      const jobs = new Map<string, Job>();
      for await (const job of client.jobs.each(waited.ended.keys())) jobs.set(job.id, job);
      const exitCode = endsWith(failed.length === 0 ? EXIT.ok : EXIT.notCompleted);
      this.printJson([...waited.ended].map(([id, state]) => endedToJson(id, state, jobs.get(id))));
      return exitCode;
    }
    if (failed.length > 0) throw notCompleted(waited, failed);
    this.print(completedText([...waited.ended.keys()]));
    return EXIT.ok;
  }

  async #chosen(client: Client): Promise<readonly string[]> {
    const selector = await this.selector();
    const given = [this.all && "--all", this.ids.length > 0 && "ids", selector !== null && SELECTORS];
    const [first, second] = given.filter((name) => name !== false);
    if (first === undefined) throw new UsageError(`queuectl wait needs ID, --all, or ${SELECTORS}`, LOOK);
    if (second !== undefined) throw new UsageError(`${first} and ${second} cannot be combined`, "give one of them");
    if (!this.all && selector === null) return this.ids;
    const ids = await matching(client, selector ?? UNFINISHED);
    // A selection that matches nothing is mostly a mistake, and must not count as success. With --all, it must make no
    // difference to a script whether the last job has just ended or is about to.
    if (ids.length > 0 || (this.all && (await client.jobs.count()) > 0)) return ids;
    throw new QueuectlError("not_found", "there is no job to wait for", { hint: LOOK });
  }

  async #wait(client: Client, ids: readonly string[], timeoutMs: number | undefined): Promise<Waited> {
    const progress = openProgress(this.json);
    const noWorker = new NoWorkerRemark(client, (text) => progress.say(text));
    try {
      return await client.jobs.wait(ids, {
        ...(timeoutMs !== undefined && { timeoutMs }),
        onLook: async (done, total) => {
          progress.update({ doing: "Waiting", done, total });
          if (done < total) await noWorker.look();
        },
      });
    } finally {
      progress.stop();
    }
  }
}

async function matching(client: Client, filter: Selector): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of client.jobs.pages(filter)) for (const { id } of page) ids.push(id);
  return ids;
}

/** What has died, before or meanwhile: --all does not report success over it. */
function deadJobs(client: Client): Promise<string[]> {
  return matching(client, DEAD);
}

function withDead({ ended, unfinished }: Waited, dead: readonly string[]): Waited {
  const others = dead.filter((id) => !unfinished.has(id));
  return { ended: new Map([...ended, ...others.map((id) => [id, "dead"] as const)]), unfinished };
}

function completedText(ids: readonly string[]): string {
  if (ids.length === 0) return "All jobs have ended already";
  return ids.length === 1 ? `Job ${ids[0]} completed` : `${plural(ids.length, "job")} completed`;
}

function timedOut({ ended, unfinished }: Waited, timeoutMs: number): QueuectlError {
  const names = listed([...unfinished].map(([id, state]) => `${id} (${state})`));
  const [first] = unfinished.keys();
  const hint =
    unfinished.size === 1
      ? `it goes on; queuectl explain ${first} says why it takes so long`
      : `they go on; queuectl explain ${first} says why one takes so long`;
  const count = `${unfinished.size} of ${plural(ended.size + unfinished.size, "job")}`;
  return new QueuectlError("timed_out", `after ${formatDuration(timeoutMs)} ${count} had not ended: ${names}`, {
    hint,
  });
}

function notCompleted({ ended }: Waited, failed: readonly (readonly [id: string, state: string])[]): QueuectlError {
  const names = listed(failed.map(([id, state]) => `${id} (${state})`));
  const known = failed.find(([, state]) => state !== "deleted");
  return new QueuectlError(
    "not_completed",
    `${failed.length} of ${plural(ended.size, "job")} did not complete: ${names}`,
    known && { hint: `queuectl explain ${known[0]} says why` },
  );
}
