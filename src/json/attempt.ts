/** An attempt as JSON. */
import type { Attempt } from "../core/job/job.js";
import { isoTime } from "../core/text/time.js";
import { exactJson } from "./exact.js";

const time = (ms: number | null) => (ms === null ? null : isoTime(ms));
const result = (json: string | null): unknown => (json === null ? null : exactJson(json));

export function attemptToJson(attempt: Attempt, now: number) {
  return {
    attempt: attempt.attempt,
    fence: attempt.fence,
    outcome: attempt.outcome,
    exit_code: attempt.exitCode,
    signal: attempt.signal,
    worker_id: attempt.workerId,
    pid: attempt.pid,
    started_at: time(attempt.startedAt),
    finished_at: time(attempt.finishedAt),
    duration_ms: (attempt.finishedAt ?? now) - attempt.startedAt,
    stdout_bytes: attempt.stdoutBytes,
    stderr_bytes: attempt.stderrBytes,
    error: attempt.error,
    result: result(attempt.result),
  };
}
