/** `logs -f`: a job's output to the end of the job, or of one attempt. */
import { StringDecoder } from "node:string_decoder";
import { EXIT } from "../../core/errors.js";
import { jsonText } from "../../json/exact.js";
import { attemptEndToJson, jobEndToJson } from "../../json/jobs/logs.js";
import { type Follower, followAttempt, followJob } from "../../logs/follow.js";
import type { Client } from "../../queue/client.js";
import type { Attempt } from "../../queue/jobs/job.js";
import { NoWorkerRemark } from "../actions/no-worker.js";
import type { BaseCommand } from "../base/command.js";
import { endText } from "../terminal/end.js";
import { PassedOutput } from "../terminal/passed-output.js";
import { absenceText, chooseAttempt, type LogsChoice } from "./print-logs.js";

/** Resolves to the exit code: 0 if the job, or the chosen attempt, succeeded; otherwise 4. */
export async function followLogs(
  command: BaseCommand,
  client: Client,
  id: string,
  choice: LogsChoice,
): Promise<number> {
  const noWorker = new NoWorkerRemark(client, (text) => command.remark(text));
  let waitingTold = false;
  const texts = new StreamTexts();
  const output = new PassedOutput(1);
  let shown = 0;
  const follower: Follower = {
    ...choice,
    write(name, chunk, { attempt }) {
      if (!command.json) {
        if (attempt !== shown) output.end();
        shown = attempt;
        return output.write(chunk);
      }
      const text = texts.decode(`${attempt} ${name}`, chunk);
      if (text !== "") command.print(jsonText({ attempt, stream: name, text }));
    },
    onAbsent: (absence, attempt) => command.remark(absenceText(attempt, absence)),
    async onWaiting({ state }, seen) {
      if (!waitingTold && seen === 0) command.remark(`Job ${id} is ${state}; waiting for it to start`);
      waitingTold = true;
      await noWorker.look();
    },
  };
  if (choice.attempt !== null) {
    const attempt = chooseAttempt(id, await client.jobs.attempts(id), choice.attempt) as Attempt;
    const ended = await followAttempt(client, attempt, follower);
    output.end();
    if (command.json) command.print(jsonText(attemptEndToJson(ended ?? { ...attempt, outcome: null })));
    return ended?.outcome === "succeeded" ? EXIT.ok : EXIT.notCompleted;
  }
  const job = await followJob(client, id, follower);
  output.end();
  if (command.json) command.print(jsonText(jobEndToJson(job)));
  if (job.state === "completed") return EXIT.ok;
  command.remark(`Job ${id} ${endText(job)}`);
  return EXIT.notCompleted;
}

/** Decodes several streams that come in chunks. A chunk may end in the middle of a character. */
class StreamTexts {
  readonly #decoders = new Map<string, StringDecoder>();

  decode(stream: string, chunk: Buffer): string {
    const decoder = this.#decoders.get(stream) ?? new StringDecoder("utf8");
    this.#decoders.set(stream, decoder);
    return decoder.write(chunk);
  }
}
