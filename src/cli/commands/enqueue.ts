import { UsageError } from "../../core/errors.js";
import { jobToJson } from "../../core/job-json.js";
import type { JobSpec, PreparedJob } from "../../core/job-spec.js";
import type { Queue } from "../../queue.js";
import { Command, Option } from "../clipanion.js";
import { QueueCommand } from "../command.js";
import { inTermsOfFlags, type JobFlags, specFromFlags } from "../input/job-flags.js";
import { parseJson } from "../input/json-text.js";

const JSON_HINT = `put the JSON in single quotes: queuectl enqueue '{"command":"echo hi"}'; or use --command "echo hi"`;

export class EnqueueCommand extends QueueCommand {
  static override paths = [["enqueue"]];
  static readonly takesCommand = true;
  static readonly argumentHint = JSON_HINT;
  static override usage = Command.Usage({
    description: "Enqueue one job, or as many as a file holds",
    details:
      "A job comes from one of: a JSON argument, --file, --command, or the words after -- (run without a shell). " +
      "JSON keys are id, command, max_retries, priority, queue, run_at or delay, timeout, backoff_base, cwd, env, tags, after, on_unmet, unique, on_conflict, limit_key, limit, deadline, backoff, backoff_max, jitter, retry_on, no_retry_on, snooze_on, snooze_delay, policy, nice, memory, cpu_time; in a file also ref, a name for the after of its other jobs. " +
      "A file holds an object, a list of them, or one a line; all of its jobs are enqueued, or none.",
    examples: [
      ["A job as JSON", `queuectl enqueue '{"id":"job1","command":"echo Hello World"}'`],
      ["The same with flags", `queuectl enqueue --id job1 --command "echo Hello World"`],
      ["Without a shell", "queuectl enqueue --timeout 1h -- ffmpeg -i in.mp4 out.webm"],
      [
        "Another try only after some exit codes",
        "queuectl enqueue --retry-on 7,28 --backoff fixed -- curl -fsS example.org",
      ],
      ["Many at once", "queuectl enqueue --file jobs.ndjson"],
    ],
  });

  argument = Option.String({ name: "JSON", required: false });
  file = Option.String("-f,--file", { description: "FILE | read jobs from a file; - is stdin" });
  id = Option.String("--id", { description: "ID | the job's name; made up if it is not given" });
  command = Option.String("--command", { description: "TEXT | what to run, with /bin/sh" });
  maxRetries = Option.String("--max-retries", { description: "N | how many attempts it gets in all" });
  priority = Option.String("--priority", { description: "N | higher runs first; default 0" });
  queue = Option.String("--queue", { description: "NAME | default: default" });
  runAt = Option.String("--run-at", {
    description: "TIME | not before: 2030-01-31T08:00:00Z, or local 2030-01-31 08:00",
  });
  delay = Option.String("--delay", { description: "DURATION | not before this has passed: 90s, 5m, 2h" });
  timeout = Option.String("--timeout", { description: "DURATION | how long an attempt may run; 0 is no limit" });
  backoffBase = Option.String("--backoff-base", {
    description: "N | the wait after attempt n is N to the power of n seconds",
  });
  cwd = Option.String("--cwd", { description: "DIR | where to run it; default: here" });
  env = Option.Array("--env", { description: "K=V | set an environment variable; may be repeated" });
  tags = Option.Array("--tag", { description: "TAG | may be repeated" });
  after = Option.Array("--after", {
    description:
      "ID[:ok|fail|any] | run it when that job has completed (failed, ended); may be repeated, all must hold",
  });
  onUnmet = Option.String("--on-unmet", {
    description: "bury|hold | if that can never be: die as well, or stay blocked",
  });
  unique = Option.String("--unique", { description: "KEY | only one unfinished job may have it" });
  onConflict = Option.String("--on-conflict", {
    description: "skip|replace|reject | if an unfinished job has the unique key; default reject",
  });
  limitKey = Option.String("--limit-key", { description: "KEY | of the jobs with it, at most --limit run at a time" });
  limit = Option.String("--limit", { description: "N | see --limit-key" });
  deadline = Option.String("--deadline", { description: "DURATION | for all its attempts together" });
  backoff = Option.String("--backoff", {
    description: "exponential|fixed | fixed: every wait is --backoff-base seconds",
  });
  backoffMax = Option.String("--backoff-max", { description: "DURATION | the longest wait between attempts" });
  jitter = Option.String("--jitter", { description: "0..1 | the share by which a wait randomly grows or shrinks" });
  retryOn = Option.String("--retry-on", { description: "CODES | only these exit codes are tried again: 1,75" });
  noRetryOn = Option.String("--no-retry-on", { description: "CODES | these exit codes are final" });
  snoozeOn = Option.String("--snooze-on", {
    description: "CODES | these exit codes mean try later; the attempt does not count",
  });
  snoozeDelay = Option.String("--snooze-delay", { description: "DURATION | how much later; default 60s" });
  policy = Option.String("--policy", { description: "NAME | what it does not say itself is as queuectl policy set" });
  nice = Option.String("--nice", { description: "N | -20 to 19; higher lets other programs go first" });
  memory = Option.String("--memory", { description: "SIZE | address space that each of its processes may use" });
  cpuTime = Option.String("--cpu-time", {
    description: "DURATION | processor time that each of its processes may use",
  });
  replace = Option.Boolean("--replace", false, {
    description: "take the place of a job with this id, unless it is processing",
  });
  quiet = Option.Boolean("-q,--quiet", false, { description: "print ids only, one a line" });

  override async execute(): Promise<number> {
    this.#checkSources();
    return super.execute();
  }

  override async run(queue: Queue): Promise<undefined> {
    if (this.file !== undefined) {
      const { enqueueFile } = await import("../input/enqueue-file.js");
      return enqueueFile(this, queue, this.file, { replace: this.replace, quiet: this.quiet });
    }
    const job = this.#prepare(queue);
    let { id } = job;
    await queue.enqueueAll([[job]], { replace: this.replace, onSkipped: (_, holder) => (id = holder) });
    const created = id === job.id;
    if (this.json && !(this.quiet && !this.jsonFlag)) this.printJson({ ...jobToJson(await queue.get(id)), created });
    else if (this.quiet) this.print(id);
    else this.print(created ? `Enqueued job ${id}` : `Job ${id} has the unique key already; nothing was enqueued`);
  }

  #prepare(queue: Queue): PreparedJob {
    try {
      return queue.prepare(this.#spec());
    } catch (error) {
      throw this.argument === undefined ? inTermsOfFlags(error) : error;
    }
  }

  #spec(): JobSpec {
    if (this.argument === undefined) return specFromFlags(this.#flags());
    return parseJson(this.argument, JSON_HINT) as JobSpec;
  }

  #flags(): JobFlags {
    const { id, command, maxRetries, priority, queue, runAt, delay, timeout, backoffBase, cwd, env, tags } = this;
    const { after, onUnmet, unique, onConflict, limitKey, limit, deadline } = this;
    const when = { priority, queue, runAt, delay, after, onUnmet, unique, onConflict, limitKey, limit, deadline };
    const { backoff, backoffMax, jitter, retryOn, noRetryOn, snoozeOn, snoozeDelay, policy } = this;
    const retries = { maxRetries, backoff, backoffBase, backoffMax, jitter, retryOn, noRetryOn, snoozeOn, snoozeDelay };
    const { nice, memory, cpuTime } = this;
    const argv = this.context.tail ?? undefined;
    return { id, command, argv, cwd, env, tags, timeout, ...when, ...retries, policy, nice, memory, cpuTime };
  }

  /** Exactly one of the four ways to describe a job; the flags of one do not mix with the others. */
  #checkSources(): void {
    const { argument, file, command } = this;
    const { tail } = this.context;
    const sources = [
      ...(argument !== undefined ? ["a JSON argument"] : []),
      ...(file !== undefined ? ["--file"] : []),
      ...(command !== undefined ? ["--command"] : []),
      ...(tail !== null ? ["a command after --"] : []),
    ];
    if (sources.length > 1) throw new UsageError(`${sources.join(" and ")} cannot be combined`, "give one of them");
    if (tail?.length === 0) throw new UsageError("no command follows --", "for example: queuectl enqueue -- echo hi");
    if (sources.length === 0) {
      throw new UsageError("there is nothing to enqueue", `for example: queuectl enqueue '{"command":"echo hi"}'`);
    }
    const [clash] = Object.entries(this.#flags()).find(([name, value]) => name !== "argv" && value !== undefined) ?? [];
    if (clash === undefined || command !== undefined || tail !== null) return;
    const flag = clash === "tags" ? "--tag" : `--${clash.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new UsageError(`${flag} and ${sources[0]} cannot be combined`, "say it in the JSON");
  }
}
