/** The columns of the three lists in `top`. The first column's title is the title of its list. */

import { commandText } from "../../core/job/command.js";
import { humanDuration } from "../../core/text/duration.js";
import { plural } from "../../core/text/plural.js";
import type { Job } from "../../queue/jobs/job.js";
import { elapsedMs, type Snapshot } from "../../queue/snapshot/snapshot.js";
import type { WorkerStatus } from "../../queue/status.js";
import { progressText } from "../render/job-progress.js";
import { relativeTime } from "../render/times.js";
import { stateText, style } from "../terminal/style.js";
import type { Column } from "../terminal/table.js";

/** Bounds the other columns, so that the command column has room left. */
const ID_WIDTH = 24;

type Mark = (job: Job) => string;

export function runningColumns({ running, status }: Snapshot, mark: Mark): Column<Job>[] {
  return [
    idColumn(`${running.length} running`, mark),
    { title: "for", value: (job) => humanDuration(elapsedMs(job, status.now)) },
    { title: "progress", value: (job) => progressText(job, Number.POSITIVE_INFINITY), most: 24 },
    { title: "attempt", value: ({ attempts, maxRetries }) => `${attempts}/${maxRetries}` },
    queueColumn,
    { title: "pid", value: ({ workerId }) => workerPid(status.workers, workerId) },
    { title: "command", value: ({ command }) => commandText(command) },
  ];
}

export function failureColumns({ status }: Snapshot, mark: Mark): Column<Job>[] {
  const { failed, dead } = status.jobs;
  return [
    idColumn(`${failed + dead} failed or dead`, mark),
    { title: "state", value: ({ state }) => state, paint: (text, { state }) => stateText(state, text) },
    { title: "since", value: ({ updatedAt }) => humanDuration(Math.max(0, status.now - updatedAt)) },
    { title: "attempt", value: ({ attempts, maxRetries }) => `${attempts}/${maxRetries}` },
    { title: "next", value: ({ state, runAt }) => (state === "failed" ? relativeTime(runAt, status.now) : "") },
    queueColumn,
    { title: "error", value: ({ lastError }) => lastError ?? "", most: 0.3 },
    { title: "command", value: ({ command }) => commandText(command) },
  ];
}

export function workerColumns({ status }: Snapshot): Column<WorkerStatus>[] {
  return [
    { title: plural(status.workers.length, "worker"), value: ({ id }) => `  ${id}`, most: ID_WIDTH, inUse: () => true },
    { title: "pid", value: ({ pid }) => String(pid) },
    {
      title: "state",
      value: ({ state }) => state,
      paint: (text, { state }) => (state === "dead" ? style.red(text) : text),
    },
    { title: "heartbeat", value: ({ heartbeatAgeMs }) => `${humanDuration(heartbeatAgeMs)} ago` },
    {
      title: "restarts",
      value: ({ restarts }) => String(restarts),
      inUse: (rows) => rows.some(({ restarts }) => restarts > 0),
    },
    { title: "job", value: ({ jobs }) => jobs.join(" ") },
  ];
}

function idColumn(title: string, mark: Mark): Column<Job> {
  return { title, value: (job) => `${mark(job)} ${job.id}`, most: ID_WIDTH, inUse: () => true };
}

const queueColumn: Column<Job> = {
  title: "queue",
  value: ({ queue }) => queue,
  inUse: (rows) => rows.some(({ queue }) => queue !== "default"),
  most: 16,
};

function workerPid(workers: readonly WorkerStatus[], id: string | null): string {
  return String(workers.find((worker) => worker.id === id)?.pid ?? "");
}
