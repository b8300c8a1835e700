/**
 * Follows a job to its end, over all of its attempts. While an attempt runs its files are read from where we were; when it
 * ends, what is left comes from its row, into which a small stream has moved meanwhile, from the same offset.
 */

import { EXIT } from "../../core/errors.js";
import type { Attempt } from "../../core/job.js";
import { isTerminal } from "../../core/state.js";
import type { Queue } from "../../queue.js";
import type { BaseCommand } from "../command.js";
import { writeTo } from "../standard-streams.js";
import { chooseAttempt, type LogsChoice, startOf } from "./print-logs.js";
import { openStreams, pieces, type StreamName } from "./stream.js";

const LOOK_AGAIN_MS = 100;

/** Resolves to the exit code: 0 if the job completed, 4 if not. */
export async function followJob(command: BaseCommand, queue: Queue, id: string, choice: LogsChoice): Promise<number> {
  if (choice.attempt !== null) return followOne(command, queue, id, choice);
  const finished = new Set((await queue.attempts(id)).slice(0, -1).map(({ fence }) => fence));
  let waitingTold = false;
  for (;;) {
    // The job is read before its attempts: when it has ended by then, so has its last attempt.
    const job = await queue.get(id);
    const attempt = (await queue.attempts(id)).find(({ fence }) => !finished.has(fence));
    if (attempt) {
      const reader = new AttemptReader(command, queue, attempt, choice);
      await reader.readToEnd();
      finished.add(attempt.fence);
    } else if (isTerminal(job.state)) {
      if (job.state !== "completed")
        command.remark(`Job ${id} is ${job.state}${job.lastError ? `: ${job.lastError}` : ""}`);
      return job.state === "completed" ? EXIT.ok : EXIT.notCompleted;
    } else {
      if (!waitingTold && finished.size === 0) command.remark(`Job ${id} is ${job.state}; waiting for it to start`);
      waitingTold = true;
      await pause();
    }
  }
}

/** One attempt of several: it ends with that attempt. */
async function followOne(command: BaseCommand, queue: Queue, id: string, choice: LogsChoice): Promise<number> {
  const attempt = chooseAttempt(id, await queue.attempts(id), choice.attempt) as Attempt;
  const ended = await new AttemptReader(command, queue, attempt, choice).readToEnd();
  return ended?.outcome === "succeeded" ? EXIT.ok : EXIT.notCompleted;
}

class AttemptReader {
  readonly #command: BaseCommand;
  readonly #queue: Queue;
  readonly #choice: LogsChoice;
  readonly #offsets: Partial<Record<StreamName, number>> = {};
  #attempt: Attempt;

  constructor(command: BaseCommand, queue: Queue, attempt: Attempt, choice: LogsChoice) {
    this.#command = command;
    this.#queue = queue;
    this.#attempt = attempt;
    this.#choice = choice;
  }

  /** Resolves to the attempt as it ended; undefined if it was deleted meanwhile. */
  async readToEnd(): Promise<Attempt | undefined> {
    for (;;) {
      // Read first, judged after: output that came in between is read in the next round, from the row.
      await this.#readOn();
      if (this.#attempt.outcome !== null) return this.#attempt;
      const fresh = (await this.#queue.attempts(this.#attempt.jobId)).find(
        ({ fence }) => fence === this.#attempt.fence,
      );
      if (!fresh) return undefined;
      this.#attempt = fresh;
      if (fresh.outcome === null) await pause();
    }
  }

  async #readOn(): Promise<void> {
    const sources = await openStreams(this.#queue, this.#attempt);
    if (!sources) return;
    for (const name of this.#choice.streams) {
      const source = sources[name];
      let offset = this.#offsets[name] ?? startOf(source, this.#choice.lines);
      for (const piece of pieces(source, offset)) {
        this.#write(name, piece);
        offset += piece.length;
      }
      this.#offsets[name] = offset;
    }
    sources.stdout.close();
    sources.stderr.close();
  }

  #write(name: StreamName, piece: Buffer): void {
    if (!this.#command.json) writeTo(1, piece);
    else {
      const { attempt } = this.#attempt;
      this.#command.print(JSON.stringify({ attempt, stream: name, text: piece.toString("utf8") }));
    }
  }
}

function pause(): Promise<void> {
  return new Promise((wake) => setTimeout(wake, LOOK_AGAIN_MS));
}
