/**
 * What the end of a job enqueues: a job for each of its hooks, and of its queue's, that is for this event. What happened is
 * told in the environment, cut to what a process can be given; the command is taken as it is.
 */
import { commandText } from "../job/command.js";
import type { Job } from "../job/job.js";
import { NO_OPTIONS } from "../job/options.js";
import type { PreparedJob } from "../job/spec.js";
import { HOOK_EVENTS, HOOK_QUEUE, type Hook } from "./hook.js";

/** A job that has just come to another state. */
export interface EndedJob extends Job {
  /** Attempts in its history, charged or not. */
  readonly runs: number;
}

/** Characters of a value of the environment. */
const LONGEST_VALUE = 4096;

export function hookJobs(job: EndedJob, hooks: readonly Hook[], newId: () => string): PreparedJob[] {
  const event = HOOK_EVENTS.find((state) => state === job.state);
  if (event === undefined || job.queue === HOOK_QUEUE) return [];
  const told = environment(job);
  return hooks.filter(({ on }) => on.includes(event)).map((hook) => hookJob(job, hook, told, newId()));
}

/**
 * News of a job must not wait behind all the jobs that are like it, so its hook is more urgent by one. A hook with a limit
 * key is not: it may have to wait for its receiver, and must not outrank the work meanwhile.
 */
function hookJob(job: EndedJob, hook: Hook, told: Readonly<Record<string, string>>, id: string): PreparedJob {
  return {
    id,
    command: hook.command,
    queue: HOOK_QUEUE,
    priority: hook.limit_key === undefined ? job.priority + 1 : job.priority,
    maxRetries: hook.max_retries,
    timeoutMs: hook.timeout_ms ?? null,
    backoffBase: null,
    cwd: hook.cwd ?? job.cwd,
    env: { ...told, ...hook.env },
    tags: [],
    runAt: null,
    deadlineMs: null,
    uniqueKey: null,
    onConflict: "reject",
    limitKey: hook.limit_key ?? null,
    limit: hook.limit_key === undefined ? null : 1,
    onUnmet: "bury",
    options: hook.options ?? NO_OPTIONS,
    ref: null,
    after: [],
  };
}

function environment(job: EndedJob): Record<string, string> {
  return {
    QUEUECTL_HOOK: job.state,
    QUEUECTL_HOOK_JOB_ID: job.id,
    QUEUECTL_HOOK_QUEUE: job.queue,
    QUEUECTL_HOOK_STATE: job.state,
    QUEUECTL_HOOK_ATTEMPT: String(job.runs),
    QUEUECTL_HOOK_ATTEMPTS: String(job.attempts),
    QUEUECTL_HOOK_EXIT_CODE: String(job.exitCode ?? ""),
    QUEUECTL_HOOK_SIGNAL: job.signal ?? "",
    QUEUECTL_HOOK_ERROR: cut(job.lastError ?? ""),
    QUEUECTL_HOOK_COMMAND: cut(commandText(job.command)),
    QUEUECTL_HOOK_TAGS: cut(job.tags.join(",")),
    QUEUECTL_HOOK_STARTED_AT: job.startedAt === null ? "" : new Date(job.startedAt).toISOString(),
    QUEUECTL_HOOK_FINISHED_AT: new Date(job.updatedAt).toISOString(),
  };
}

/** By characters, so that none is cut in two. */
function cut(text: string): string {
  if (text.length <= LONGEST_VALUE) return text;
  return Array.from(text.slice(0, 2 * LONGEST_VALUE))
    .slice(0, LONGEST_VALUE)
    .join("");
}
