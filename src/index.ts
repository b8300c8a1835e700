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
export { describeJob, type JobDescription } from "./core/job/edit.js";
export type { Attempt, CommandLine, Job, ResolvedJob } from "./core/job/job.js";
export type { Outcome } from "./core/job/outcome.js";
export type { JobSpec, PreparedJob } from "./core/job/spec.js";
export { type JobState, STATES, TERMINAL_STATES, type TerminalState } from "./core/job/state.js";
export type { QueueLimits } from "./core/limits/queue.js";
export type { Rate } from "./core/limits/rate.js";
export type { NamedPolicy } from "./core/retry/policy.js";
export type { PolicySpec } from "./core/retry/spec.js";
export type { Schedule, Tick } from "./core/schedule/schedule.js";
export type { Condition } from "./core/where/condition.js";
export {
  Client,
  type ClientOptions,
  type EnqueueOptions,
  type JobReference,
  type PruneOptions,
  type Waited,
  type WaitOptions,
} from "./queue/client.js";
export type { Explanation, Reason, ReasonCode } from "./queue/explain/facts.js";
export type { NewSchedule, Schedules } from "./queue/schedules.js";
export type { ScheduleStatus, Status, SupervisorStatus, WorkerStatus } from "./queue/status.js";
export type { AttemptOutput, JobFilter, Progress, PruneSelection, QueueRecord } from "./store/contract/store.js";
export { JobConflictError, NoSuchPolicyError } from "./store/errors.js";
