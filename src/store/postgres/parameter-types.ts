/** The type of each parameter of a statement, by its name. */

const BIGINT = "bigint";
const TEXT = "text";
const FLAG = "boolean";
const BYTES = "bytea";
const JSON_TEXT = "json";
const TEXTS = "text[]";
const BIGINTS = "bigint[]";

export const PARAMETER_TYPES: Readonly<Record<string, string>> = {
  ...ofType(BIGINT, [
    ...["now", "at", "since", "before", "from", "nextAt", "runAt", "startedAt", "expiresAt", "leaseMs", "updatedAt"],
    ...["seq", "fence", "after", "newest", "priority", "attempt", "pid", "exitCode", "stdoutBytes", "stderrBytes"],
    ...["stdoutSize", "stderrSize", "number", "finishedBefore", "until"],
    ...["limit", "count", "older", "kept", "ifRenewals", "restarts", "slots", "workers", "maxRetries", "timeoutMs"],
    ...["seenAt", "seenFence", "concurrency", "rate_count", "rate_ms", "max_length"],
  ]),
  ...ofType("double precision", ["backoffBase", "percent"]),
  ...ofType(TEXT, [
    ...["id", "jobId", "child", "parent", "workerId", "supervisorId", "name", "key", "value", "prefix", "queue"],
    ...["limitKey", "message", "reason", "error", "signal", "result", "outcome", "note", "outputHost"],
    ...["kind", "host", "hostId", "bootId", "pidNamespace", "startTime", "home", "pool", "state", "seenState"],
    ...["stream", "cwd", "cron", "zone", "overlap", "catchup", "job", "webhook_secret"],
  ]),
  ...ofType(FLAG, ["ahead", "ends", "uncharged", "interrupted", "lost", "seconds"]),
  ...ofType(BYTES, ["stdout", "stderr", "bytes"]),
  ...ofType(JSON_TEXT, ["command", "env", "tags", "options", "hooks", "program", "edges", "pairs", "beats"]),
  ...ofType(TEXTS, ["ids", "parents", "queues", "workerIds", "states", "errors"]),
  ...ofType(BIGINTS, ["seqs", "fences", "children", "indexes"]),
};

function ofType(type: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, type]));
}
