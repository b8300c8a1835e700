/** The state of the queue as JSON. */
import { type Config, SETTING_KEYS } from "../../config.js";
import { commandText } from "../../core/job-json.js";
import { isoTime } from "../../core/time.js";
import type { Status, WorkerStatus } from "../../status.js";
import { limitsToJson } from "./limits.js";

export function statusToJson({
  jobs,
  supervisor,
  workers,
  config,
  oldestDue,
  pausedQueues,
  limitedQueues,
  now,
}: Status) {
  const { pending, processing, completed, failed, dead, cancelled, blocked, total } = jobs;
  return {
    jobs: { pending, processing, completed, failed, dead, cancelled, blocked, total },
    supervisor: {
      running: supervisor.running,
      pid: supervisor.pid,
      uptime_ms: supervisor.uptimeMs,
      state: supervisor.state,
    },
    workers: workers.map(workerToJson),
    config: changedConfig(config),
    oldest_waiting: oldestDue && {
      id: oldestDue.id,
      command: commandText(oldestDue.command),
      run_at: isoTime(oldestDue.runAt),
      waiting_ms: Math.max(0, now - oldestDue.runAt),
    },
    paused_queues: pausedQueues,
    limited_queues: limitedQueues.map(({ name, limits }) => ({ name, ...limitsToJson(limits) })),
  };
}

export function workerToJson(worker: WorkerStatus) {
  return {
    id: worker.id,
    pid: worker.pid,
    state: worker.state,
    jobs: worker.jobs,
    slots: worker.slots,
    queues: worker.queues,
    heartbeat_age_ms: worker.heartbeatAgeMs,
    restarts: worker.restarts,
    uptime_ms: worker.uptimeMs,
  };
}

/** What differs from the default: durations in milliseconds, sizes in bytes. */
function changedConfig({ values, origins }: Config): Record<string, number> {
  const changed = SETTING_KEYS.filter((key) => origins[key] !== "default");
  return Object.fromEntries(changed.map((key) => [key.replaceAll("-", "_"), values[key]]));
}
