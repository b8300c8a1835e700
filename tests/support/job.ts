/** A plain job, for tests that care about a few of its fields. */

import type { ResolvedJob } from "../../src/core/job/job.js";
import { NO_OPTIONS } from "../../src/core/job/options.js";

const PLAIN: ResolvedJob = {
  id: "j",
  command: "true",
  state: "pending",
  queue: "default",
  priority: 0,
  attempts: 0,
  maxRetries: 3,
  timeoutMs: 300_000,
  backoffBase: 2,
  cwd: "/",
  env: {},
  tags: [],
  runAt: 0,
  createdAt: 0,
  updatedAt: 0,
  startedAt: null,
  finishedAt: null,
  exitCode: null,
  signal: null,
  lastError: null,
  workerId: null,
  fence: 0,
  interruptions: 0,
  losses: 0,
  uniqueKey: null,
  limitKey: null,
  limit: null,
  deadlineMs: null,
  deadlineAt: null,
  onUnmet: "bury",
  options: NO_OPTIONS,
  result: null,
  progress: null,
  progressMessage: null,
  own: { maxRetries: null, timeoutMs: null, backoffBase: null, retry: {} },
};

export function someJob(fields: Partial<ResolvedJob> = {}): ResolvedJob {
  return { ...PLAIN, ...fields };
}
