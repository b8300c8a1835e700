/** The content of `top`, read in a few small queries. None of them costs more when there are more jobs. */
import { type Client, contextOf } from "../client.js";
import type { Job } from "../jobs/job.js";
import type { Status } from "../status.js";
import { type EndedCounts, FARTHEST_BACK, type Throughput } from "./throughput.js";

const MOST_RUNNING = 500;
const MOST_FAILURES = 50;

export interface Snapshot {
  readonly status: Status;
  /** Longest running first. */
  readonly running: readonly Job[];
  /** Jobs that wait for their retry or are dead, newest first. */
  readonly failures: readonly Job[];
  readonly last10s: EndedCounts;
  readonly last60s: EndedCounts;
}

export async function readSnapshot(client: Client, throughput: Throughput): Promise<Snapshot> {
  const status = await client.status();
  const running = await client.jobs.list({ states: ["processing"], limit: MOST_RUNNING });
  const { question } = throughput;
  throughput.learn(
    await contextOf(client).store.jobs.endings(question.running, question.newest, FARTHEST_BACK),
    status.now,
  );
  return {
    status,
    running: running.sort((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0)),
    failures: await client.jobs.list({
      states: ["failed", "dead"],
      order: "updated",
      reverse: true,
      limit: MOST_FAILURES,
    }),
    last10s: throughput.within(10_000, status.now),
    last60s: throughput.within(60_000, status.now),
  };
}

export function elapsedMs({ startedAt }: Job, now: number): number {
  return Math.max(0, now - (startedAt ?? now));
}
