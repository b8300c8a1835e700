/** Prints the output of an attempt, once. */

import { QueuectlError } from "../../core/errors.js";
import { logsToJson } from "../../json/jobs/logs.js";
import { chunks, openStreams, type Source, type StreamName, startOf } from "../../logs/source.js";
import type { Client } from "../../queue/client.js";
import type { Attempt } from "../../queue/jobs/job.js";
import type { BaseCommand } from "../base/command.js";
import { PassedOutput } from "../terminal/passed-output.js";
import { writeText } from "../terminal/standard-streams.js";
import { style } from "../terminal/style.js";

export interface LogsChoice {
  /** Attempt number, from 1. Null: the newest. */
  readonly attempt: number | null;
  readonly streams: readonly StreamName[];
  /** Number of last lines. Null: from the beginning. */
  readonly lines: number | null;
  readonly raw: boolean;
}

/** Undefined: the job has not run. @throws QueuectlError if it has no attempt with this number */
export function chooseAttempt(jobId: string, attempts: readonly Attempt[], wanted: number | null): Attempt | undefined {
  if (wanted === null) return attempts.at(-1);
  const found = attempts.find(({ attempt }) => attempt === wanted);
  if (found) return found;
  const has =
    attempts.length === 0 ? "it has not run yet" : `its attempts are ${attempts.map((a) => a.attempt).join(", ")}`;
  throw new QueuectlError("not_found", `job ${jobId} has no attempt ${wanted}`, { hint: has });
}

export async function printLogs(
  command: BaseCommand,
  client: Client,
  attempt: Attempt,
  choice: LogsChoice,
): Promise<number> {
  const sources = await openStreams(client, attempt);
  if (sources?.absence) command.remark(absenceText(attempt, sources.absence));
  const chosen = choice.streams.map((name) => ({ name, source: sources?.[name] }));
  if (command.json) {
    const texts: [StreamName, string][] = [];
    for (const { name, source } of chosen) texts.push([name, source ? await text(source, choice.lines) : ""]);
    command.printJson(logsToJson(attempt.jobId, attempt.attempt, Object.fromEntries(texts)));
    return 0;
  }
  const withHeaders = !choice.raw && chosen.every(({ source }) => (source?.size ?? 0) > 0) && chosen.length > 1;
  for (const { name, source } of chosen) {
    if (!source) continue;
    if (withHeaders) command.print(style.dim(`--- ${name} ---`));
    const output = new PassedOutput(1);
    let last: Buffer | undefined;
    for await (const chunk of chunks(source, await startOf(source, choice.lines))) {
      output.write(chunk);
      last = chunk;
    }
    output.end();
    if (withHeaders && last !== undefined && last.at(-1) !== 10) writeText(1, "\n");
    source.close();
  }
  return 0;
}

export function absenceText({ jobId, attempt }: Attempt, absence: string): string {
  return `Job ${jobId}, attempt ${attempt}: ${absence}`;
}

async function text(source: Source, lines: number | null): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks(source, await startOf(source, lines))) parts.push(chunk);
  return Buffer.concat(parts).toString("utf8");
}
