/** The public API of the package, described in docs/library.md. */
export { type Config, type Origin, SETTINGS, type SettingKey } from "./config/config.js";
export { type DependencyCondition, type DependencyStatus, GraphError } from "./core/dependency/dependency.js";
export {
  ConflictError,
  type ErrorCode,
  NoSuchJobError,
  QueuectlError,
  ShortageError,
  StoreBusyError,
  StoreUnreachableError,
  UnusableError,
  UsageError,
} from "./core/errors.js";
export type { HookChange, HookEvent, HookSet } from "./core/hook/hook.js";
export type { Webhook } from "./core/hook/webhook.js";
export type { Outcome } from "./core/job/outcome.js";
export { type JobState, STATES, TERMINAL_STATES, type TerminalState } from "./core/job/state.js";
export type { QueueLimits } from "./core/limits/queue.js";
export type { Rate } from "./core/limits/rate.js";
export type { BackoffKind } from "./core/retry/backoff.js";
export type { ExitCodeRules } from "./core/retry/exit-codes.js";
export type { NamedPolicy, RetryOptions } from "./core/retry/policy.js";
export type { Catchup, Overlap, Tick, TickOutcome } from "./core/schedule/schedule.js";
export type { Comparison, Condition, Field, Operator } from "./core/where/condition.js";
export type { Home, HomeOptions } from "./home/home.js";
export { Client, type ClientOptions } from "./queue/client.js";
export type { Explanation, Reason, ReasonCode } from "./queue/explain/facts.js";
export {
  type ChangedJob,
  type JobsToChange,
  type RetryJobOptions,
  type RetryManyOptions,
  Revival,
} from "./queue/jobs/changes.js";
export type { EnqueueOptions } from "./queue/jobs/enqueue.js";
export type { GraphOrder, JobFilter, JobOrder, PagesOptions } from "./queue/jobs/filter.js";
export type { JobReference } from "./queue/jobs/find-job.js";
export type { Attempt, Job } from "./queue/jobs/job.js";
export type {
  AttemptOutput,
  CancelOptions,
  Dependent,
  Jobs,
  Progress,
  PruneSelection,
  StoredDependency,
} from "./queue/jobs/jobs.js";
export type { PruneOptions } from "./queue/jobs/prune.js";
export type { CommandLine, DependencySpec, JobChanges, JobSpec, JobTemplate, RetrySpec } from "./queue/jobs/spec.js";
export type { Waited, WaitOptions } from "./queue/jobs/wait.js";
export type { Outputs, StoredStream, StreamName, StreamPlace } from "./queue/outputs.js";
export type { Policies, PolicyChanges } from "./queue/policies.js";
export type { QueueHooks, QueueRecord, Queues } from "./queue/queues.js";
export type { AddScheduleOptions, NewSchedule, Schedule, Schedules } from "./queue/schedules.js";
export type { Settings } from "./queue/settings.js";
export type {
  JobProgress,
  PoolStatus,
  Program,
  ScheduleStatus,
  Status,
  SupervisorStatus,
  WorkerStatus,
} from "./queue/status.js";
export type { JobCounts, LimitedQueue } from "./store/contract/store.js";
export {
  CycleError,
  JobConflictError,
  NoSuchPolicyError,
  NoSuchQueueError,
  NoSuchScheduleError,
  QueueFullError,
  ScheduleExistsError,
  UnknownParentError,
} from "./store/errors.js";
export type { DatabaseLocation, SqliteLocation } from "./store/location.js";
export type { PostgresLocation } from "./store/postgres-location.js";
export type { PostgresAddress, PostgresServer, SslMode } from "./store/postgres-url.js";
