/** The state of the queue as JSON. */

import { otherPrograms, runnersOf } from "../queue/other-program.js";
import type { ScheduleStatus, Status } from "../queue/status.js";
import { ownProgram } from "../system/process/program.js";
import { limitsToJson } from "./queue.js";
import { changedSettingsToJson } from "./settings.js";
import { timeToJson } from "./values.js";
import { otherProgramToJson, poolToJson, workerToJson } from "./worker.js";

export function statusToJson(status: Status) {
  const { jobs, supervisor, pools, workers, config, oldestDue, pausedQueues, limitedQueues, schedules, now } = status;
  const { pending, processing, completed, failed, dead, cancelled, blocked, total } = jobs;
  return {
    home: status.home,
    database: status.database,
    exists: status.exists,
    jobs: { pending, processing, completed, failed, dead, cancelled, blocked, total },
    dead_letters: status.deadLetters,
    supervisor: {
      running: supervisor.running,
      pid: supervisor.pid,
      uptime_ms: supervisor.uptimeMs,
      state: supervisor.state,
    },
    pools: pools.map(poolToJson),
    workers: workers.map(workerToJson),
    other_programs: otherPrograms(runnersOf(status), ownProgram()).map(otherProgramToJson),
    config: changedSettingsToJson(config),
    oldest_waiting: oldestDue && {
      id: oldestDue.id,
      command: oldestDue.command,
      run_at: timeToJson(oldestDue.runAt),
      waiting_ms: Math.max(0, now - oldestDue.runAt),
    },
    paused_queues: pausedQueues,
    schedules: schedulesToJson(schedules),
    limited_queues: limitedQueues.map(({ name, limits }) => ({ name, ...limitsToJson(limits) })),
  };
}

function schedulesToJson({ total, paused, next }: ScheduleStatus) {
  return { total, paused, next: next && { name: next.name, at: timeToJson(next.at) } };
}
