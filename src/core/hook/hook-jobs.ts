/**
 * Turns the end of a job into jobs: one for each hook of the job and of its queue that is for this event. The event is
 * told in the environment, cut to what a process can be given; the command stays as it is.
 */
import { commandText } from "../job/command.js";
import type { Job } from "../job/job.js";
import { NO_OPTIONS } from "../job/options.js";
import type { PreparedJob } from "../job/spec.js";
import { HOOK_EVENTS, HOOK_QUEUE, type Hook } from "./hook.js";

/** A job that has just changed state. */
export interface EndedJob extends Job {
  /** Attempts in its history, charged or not. */
  readonly runs: number;
}

/** Most characters of an environment variable. */
const LONGEST_VALUE = 4096;

export function hookJobs(job: EndedJob, hooks: readonly Hook[], newId: () => string): PreparedJob[] {
  const event = HOOK_EVENTS.find((state) => state === job.state);
  if (event === undefined || job.queue === HOOK_QUEUE) return [];
  const told = environment(job);
  return hooks.filter(({ on }) => on.includes(event)).map((hook) => hookJob(job, hook, told, newId()));
}

/**
 * A hook must not wait behind all the jobs like its own, so its priority is one higher. A hook with a limit key has the
 * job's priority: it may have to wait for its receiver, and must not outrank other work meanwhile.
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
