/** Passes a job's output on, stream by stream, and explains a wait while there is no output. */

import { humanDuration } from "../../core/text/duration.js";
import { oneLine } from "../../core/text/visible.js";
import type { Follower } from "../../logs/follow.js";
import type { StreamName } from "../../logs/source.js";
import type { Client } from "../../queue/client.js";
import type { Attempt, Job } from "../../queue/jobs/job.js";
import { NoWorkerRemark } from "../actions/no-worker.js";
import { PassedOutput } from "../terminal/passed-output.js";
import { absenceText } from "./print-logs.js";

/** A start within this time needs no explanation. Milliseconds. */
const PATIENCE_MS = 500;

export class RunFollower implements Follower {
  readonly lines = null;
  readonly streams: readonly StreamName[];
  readonly #client: Client;
  readonly #say: (text: string) => void;
  readonly #noWorker: NoWorkerRemark;
  readonly #outputs = { stdout: new PassedOutput(1), stderr: new PassedOutput(2) };
  readonly #began = performance.now();
  /** Number of ended attempts at the last remark about a retry. */
  #retriesTold = 0;
  #waitingTold = false;

  constructor(client: Client, streams: readonly StreamName[], say: (text: string) => void) {
    this.#client = client;
    this.streams = streams;
    this.#say = say;
    this.#noWorker = new NoWorkerRemark(client, say);
  }

  write(name: StreamName, chunk: Buffer): void {
    this.#outputs[name].write(chunk);
  }

  onAbsent(absence: string, attempt: Attempt): void {
    this.#say(absenceText(attempt, absence));
  }

  /** Leaves the terminal as it was before the job. */
  end(): void {
    for (const name of this.streams) this.#outputs[name].end();
  }

  async onWaiting(job: Job, seen: number): Promise<void> {
    if (seen > this.#retriesTold) this.end();
    if (seen > this.#retriesTold && job.state === "failed") this.#tellRetry(job);
    if (seen > this.#retriesTold && job.state === "pending") this.#say(`it is put off; ${this.#nextIn(job)}`);
    this.#retriesTold = seen;
    await this.#noWorker.look();
    if (seen > 0 || this.#waitingTold || performance.now() - this.#began < PATIENCE_MS) return;
    this.#waitingTold = true;
    const { reasons } = await this.#client.jobs.explain(job.id);
    // These two are told elsewhere, or tell nothing.
    const told = reasons.filter(({ code }) => code !== "no_supervisor" && code !== "due");
    if (told.length > 0) this.#say(`job ${job.id} waits: ${told.map(({ message }) => message).join("; ")}`);
  }

  #tellRetry(job: Job): void {
    const { attempts, maxRetries, lastError } = job;
    this.#say(`attempt ${attempts} of ${maxRetries} failed: ${oneLine(lastError ?? "")}; ${this.#nextIn(job)}`);
  }

  #nextIn({ runAt }: Job): string {
    return `the next one is in ${humanDuration(Math.max(0, runAt - this.#client.now()))}`;
  }
}
