import { UsageError } from "../../core/errors.js";
import type { PreparedJob } from "../../core/job/spec.js";
import { enqueuedToJson } from "../../json/jobs/change.js";
import { readJob } from "../../json/jobs/read-job.js";
import type { Client } from "../../queue/client.js";
import { enqueuePrepared, jsonPreparer } from "../../queue/json-jobs.js";
import { JobCommand } from "../base/job-command.js";
import { ARGUMENT_NAMES, type JobArgument, readJobArgument } from "../input/job-argument.js";
import { JobFile, openCopy } from "../input/job-file.js";
import { flagOf, keyOf, specFromFlags } from "../input/job-flags.js";
import { parseJson } from "../input/json-text.js";
import { Command, Option } from "../parse/clipanion.js";
import { isTerminal } from "../terminal/standard-streams.js";

const JSON_HINT = `put the JSON in single quotes: queuectl enqueue '{"command":"echo hi"}'; or use --command "echo hi"`;

export class EnqueueCommand extends JobCommand {
  static override paths = [["enqueue"]];
  static override usage = Command.Usage({
    description: "Enqueue one job, or as many as a file holds",
    details:
      "A job comes from one of: an argument, --file, --command, or the words after -- (run without a shell). An argument " +
      "that begins with { is a job as JSON, to which flags may add keys. @FILE is the same as --file FILE. Any other " +
      "text is a command, as with --command. " +
      "JSON keys are id, command, max_retries, priority, queue, run_at or delay, timeout, backoff_base, cwd, env, tags, after, on_unmet, unique, on_conflict, limit_key, limit, deadline, on_completed, on_failed, on_dead, webhook_url, webhook_events, backoff, backoff_max, jitter, retry_on, no_retry_on, snooze_on, snooze_delay, policy, nice, memory, cpu_time; in a file also ref, a name for the after of its other jobs. " +
      "null is the same as leaving a key out. Without its id, a job that queuectl show --json has printed can be enqueued " +
      "again: keys that the queue decides, such as state and attempts, are ignored. A file holds an object, a list of " +
      "objects, or one object a line; all of its jobs are enqueued, or none.",
    examples: [
      ["A job as JSON", `queuectl enqueue '{"id":"job1","command":"echo Hello World"}'`],
      ["The same as a command with flags", "queuectl enqueue 'echo Hello World' --id job1"],
      ["Without a shell", "queuectl enqueue --timeout 1h -- ffmpeg -i in.mp4 out.webm"],
      ["Retry only after some exit codes", "queuectl enqueue --retry-on 7,28 --backoff fixed -- curl -fsS example.org"],
      ["Many at once, from a file", "queuectl enqueue @jobs.ndjson"],
    ],
  });

  protected override readonly makesQueue = true;

  argument = Option.String({ name: "JOB", required: false });
  file = Option.String("-f,--file", { description: "FILE | read jobs from a file; - is stdin" });
  quiet = Option.Boolean("-q,--quiet", false, { description: "print ids only, one a line" });

  /** Given keys whose values the queue decides. */
  readonly #ignored = new Set<string>();

  /** Descriptor of a copy of the input. Null: the input itself is read. */
  #copy: number | null = null;

  /** The job as JSON. Undefined: it comes from elsewhere. */
  #jsonText: string | undefined;

  override async execute(): Promise<number> {
    const argument = this.argument === undefined ? undefined : readJobArgument(this.argument);
    this.#checkSources(argument);
    if (argument?.kind === "file") this.file = argument.path;
    if (argument?.kind === "command") this.command = argument.command;
    if (argument?.kind === "json") this.#jsonText = argument.text;
    if (this.file === "-" && isTerminal(0)) this.remark("Reading jobs from the terminal; end with ctrl-D");
    return super.execute();
  }

  protected override async check(client: Client): Promise<void> {
    if (this.file === undefined) {
      await enqueuePrepared(client, [[this.#prepare(client)]]);
      return;
    }
    const { checkFile } = await import("../actions/enqueue-file.js");
    this.#copy = openCopy(this.file);
    const file = new JobFile(this.file, this.#reader(client), { keep: this.#copy });
    await checkFile(client, { file, path: this.file, silent: this.quiet || this.json });
  }

  protected override get readsConfig(): boolean {
    return this.json;
  }

  override async run(client: Client): Promise<undefined> {
    await this.#enqueue(client);
    const keys = [...this.#ignored];
    if (keys.length > 0) this.remark(`Ignored, since the queue decides it: ${keys.join(", ")}`);
  }

  async #enqueue(client: Client): Promise<void> {
    if (this.file !== undefined) {
      const { enqueueFile } = await import("../actions/enqueue-file.js");
      const prepare = this.#reader(client);
      const file = new JobFile(this.file, prepare, { copy: this.#copy });
      return enqueueFile(this, client, { file, path: this.file, replace: this.replace, quiet: this.quiet });
    }
    const job = this.#prepare(client);
    let holder: string | undefined;
    await enqueuePrepared(client, [[job]], { replace: this.replace, onSkipped: (_, by) => (holder = by) });
    const id = holder ?? job.id;
    const created = holder === undefined;
    if (this.json && !(this.quiet && !this.jsonFlag))
      this.printJson(enqueuedToJson(await client.jobs.get(id), created));
    else if (this.quiet) this.print(id);
    else this.print(created ? `Enqueued job ${id}` : `Job ${id} has the unique key already; nothing was enqueued`);
  }

  #prepare(client: Client): PreparedJob {
    if (this.#jsonText === undefined) return this.prepare(client, this.flags());
    const json = parseJson(this.#jsonText, JSON_HINT);
    if (Array.isArray(json))
      throw new UsageError(
        "a JSON argument is one job, not a list",
        "put a list into a file: queuectl enqueue @jobs.json",
      );
    return this.#reader(client)(this.#withFlags(json));
  }

  /** The flags add to a job as JSON, and repeat none of its keys. */
  #withFlags(json: unknown): unknown {
    const flags = specFromFlags(this.flags());
    if (typeof json !== "object" || json === null) return json;
    const twice = Object.keys(flags).find((key) => Object.hasOwn(json, key));
    if (twice === undefined) return { ...json, ...flags };
    throw new UsageError(
      `${flagOf(twice)} is given, and the JSON has ${JSON.stringify(twice)} too`,
      "give one of them",
    );
  }

  #reader(client: Client): (json: unknown) => PreparedJob {
    const prepare = jsonPreparer(client);
    return (json) => {
      const { spec, ignored } = readJob(json);
      for (const key of ignored) this.#ignored.add(key);
      return prepare(spec);
    };
  }

  /** Exactly one of the ways to describe a job. The flags of one do not mix with the others. */
  #checkSources(argument: JobArgument | undefined): void {
    const { file, command } = this;
    const { tail } = this.context;
    const sources = [
      ...(argument === undefined ? [] : [ARGUMENT_NAMES[argument.kind]]),
      ...(file !== undefined ? ["--file"] : []),
      ...(command !== undefined ? ["--command"] : []),
      ...(tail !== null ? ["a command after --"] : []),
    ];
    if (sources.length > 1) throw new UsageError(`${sources.join(" and ")} cannot be combined`, "give one of them");
    if (file === "") throw new UsageError("--file is empty", "give a file, or - for stdin");
    if (tail?.length === 0) throw new UsageError("no command follows --", "for example: queuectl enqueue -- echo hi");
    if (sources.length === 0) {
      throw new UsageError("there is nothing to enqueue", "for example: queuectl enqueue 'echo hi'");
    }
    const [clash] = Object.keys(this.flags());
    const one = command !== undefined || tail !== null || argument?.kind === "command" || argument?.kind === "json";
    if (clash === undefined || one) return;
    const flag = flagOf(keyOf(clash));
    throw new UsageError(`${flag} and ${sources[0]} cannot be combined`, "put it into the JSON");
  }
}
