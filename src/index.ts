/** The public API of the package. */
export { type Config, SETTINGS, type SettingKey } from "./config/config.js";
export {
  ConflictError,
  NoSuchJobError,
  QueuectlError,
  StoreBusyError,
  StoreUnreachableError,
  UnusableError,
  UsageError,
} from "./core/errors.js";
export type { Outcome } from "./core/job/outcome.js";
export { type JobState, STATES, TERMINAL_STATES, type TerminalState } from "./core/job/state.js";
export type { QueueLimits } from "./core/limits/queue.js";
export type { Rate } from "./core/limits/rate.js";
export type { NamedPolicy } from "./core/retry/policy.js";
export type { Tick } from "./core/schedule/schedule.js";
export type { Condition } from "./core/where/condition.js";
export { Client, type ClientOptions } from "./queue/client.js";
export type { Explanation, Reason, ReasonCode } from "./queue/explain/facts.js";
export type { EnqueueOptions } from "./queue/jobs/enqueue.js";
export type { JobFilter, JobOrder, PagesOptions } from "./queue/jobs/filter.js";
export type { JobReference } from "./queue/jobs/find-job.js";
export type { Attempt, Job } from "./queue/jobs/job.js";
export type {
  AttemptOutput,
  CancelOptions,
  Jobs,
  Progress,
  PruneOptions,
  PruneSelection,
  RetryOptions,
  StoredDependency,
} from "./queue/jobs/jobs.js";
export type { CommandLine, DependencySpec, JobChanges, JobSpec, JobTemplate, RetrySpec } from "./queue/jobs/spec.js";
export type { Waited, WaitOptions } from "./queue/jobs/wait.js";
export type { Policies, PolicyChanges } from "./queue/policies.js";
export type { QueueHooks, QueueRecord, Queues } from "./queue/queues.js";
export type { NewSchedule, Schedule, Schedules } from "./queue/schedules.js";
export type { Settings } from "./queue/settings.js";
export type { ScheduleStatus, Status, SupervisorStatus, WorkerStatus } from "./queue/status.js";
export { JobConflictError, NoSuchPolicyError } from "./store/errors.js";
