/** The state of the queue as JSON. */

import { type Config, SETTING_KEYS } from "../config/config.js";
import { commandText } from "../core/job/command.js";
import { isoTime } from "../core/text/time.js";
import type { ScheduleStatus, Status, WorkerStatus } from "../queue/status.js";
import { limitsToJson } from "./limits.js";

export function statusToJson(status: Status) {
  const { jobs, supervisor, workers, config, oldestDue, pausedQueues, limitedQueues, schedules, now } = status;
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
    ...(schedules.total > 0 && { schedules: schedulesToJson(schedules) }),
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
    progress: worker.progress.map((job) => ({
      id: job.id,
      progress: job.progress,
      progress_message: job.progressMessage,
    })),
    heartbeat_age_ms: worker.heartbeatAgeMs,
    restarts: worker.restarts,
    uptime_ms: worker.uptimeMs,
  };
}

function schedulesToJson({ total, paused, next }: ScheduleStatus) {
  return { total, paused, next: next && { name: next.name, at: isoTime(next.at) } };
}

/** Settings that differ from the default: durations in milliseconds, sizes in bytes. */
function changedConfig({ values, origins }: Config): Record<string, number> {
  const changed = SETTING_KEYS.filter((key) => origins[key] !== "default");
  return Object.fromEntries(changed.map((key) => [key.replaceAll("-", "_"), values[key]]));
}
