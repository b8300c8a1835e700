/** The public API of the package. */
export { type Config, SETTINGS, type SettingKey } from "./config.js";
export {
  ConflictError,
  NoSuchJobError,
  QueuectlError,
  StoreBusyError,
  UnusableError,
  UsageError,
} from "./core/errors.js";
export type { Attempt, CommandLine, Job } from "./core/job.js";
export { describeJob, type JobDescription } from "./core/job-edit.js";
export type { ResolvedJob } from "./core/job-json.js";
export type { JobSpec, PreparedJob } from "./core/job-spec.js";
export type { Outcome } from "./core/outcome.js";
export type { PolicySpec } from "./core/policy-spec.js";
export type { QueueLimits } from "./core/queue-limits.js";
export type { Rate } from "./core/rate.js";
export type { NamedPolicy } from "./core/retry-policy.js";
export type { Schedule, Tick } from "./core/schedule.js";
export { type JobState, STATES, TERMINAL_STATES, type TerminalState } from "./core/state.js";
export type { Condition } from "./core/where/condition.js";
export type { Explanation, Reason, ReasonCode } from "./explain/facts.js";
export {
  type EnqueueOptions,
  type JobReference,
  type PruneOptions,
  Queue,
  type QueueOptions,
  type Waited,
  type WaitOptions,
} from "./queue.js";
export type { NewSchedule, Schedules } from "./schedules.js";
export type { ScheduleStatus, Status, SupervisorStatus, WorkerStatus } from "./status.js";
export { JobConflictError, NoSuchPolicyError } from "./store/conflict.js";
export type { AttemptOutput, JobFilter, Progress, PruneSelection, QueueRecord } from "./store/store.js";
