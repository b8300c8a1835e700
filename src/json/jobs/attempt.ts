/** An attempt as JSON. */
import type { Attempt } from "../../queue/jobs/job.js";
import { resultToJson, timeToJson } from "../values.js";

export function attemptToJson(attempt: Attempt, now: number) {
  return {
    attempt: attempt.attempt,
    fence: attempt.fence,
    outcome: attempt.outcome,
    exit_code: attempt.exitCode,
    signal: attempt.signal,
    worker_id: attempt.workerId,
    pid: attempt.pid,
    started_at: timeToJson(attempt.startedAt),
    finished_at: timeToJson(attempt.finishedAt),
    duration_ms: (attempt.finishedAt ?? now) - attempt.startedAt,
    stdout_bytes: attempt.stdoutBytes,
    stderr_bytes: attempt.stderrBytes,
    error: attempt.error,
    result: resultToJson(attempt.resultJson),
  };
}
