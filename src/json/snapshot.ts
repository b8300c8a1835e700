/** The snapshot of `top` as JSON. */
import { elapsedMs, type Snapshot } from "../queue/snapshot/snapshot.js";
import { jobToJson } from "./jobs/job.js";
import { statusToJson } from "./status.js";

export function snapshotToJson({ status, running, failures, last10s, last60s }: Snapshot) {
  const { jobs, supervisor, workers } = statusToJson(status);
  return {
    jobs,
    ended: { last_10s: last10s, last_60s: last60s },
    supervisor,
    workers,
    running: running.map((job) => ({ ...jobToJson(job), elapsed_ms: elapsedMs(job, status.now) })),
    failures: failures.map(jobToJson),
  };
}
