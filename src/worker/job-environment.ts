/**
 * The environment of a job: the worker's own, without the variables that a service manager or Node set for the worker,
 * plus the job's, plus ours. The job's variables win over the worker's, and ours over both.
 */

import { reportPaths } from "../attempt/paths.js";
import { isoTime } from "../core/text/time.js";
import { type Home, locateHome } from "../home/home.js";
import type { ClaimedJob } from "../store/contract/store.js";

/**
 * Variables for us and not for our jobs: systemd's for a service, Node's IPC channel and switches, our own bookkeeping.
 */
const PRIVATE = names(`
  NOTIFY_SOCKET WATCHDOG_PID WATCHDOG_USEC LISTEN_PID LISTEN_FDS LISTEN_FDNAMES INVOCATION_ID JOURNAL_STREAM
  SYSTEMD_EXEC_PID MANAGERPID MEMORY_PRESSURE_WATCH MEMORY_PRESSURE_WRITE
  NODE_CHANNEL_FD NODE_CHANNEL_SERIALIZATION_MODE NODE_OPTIONS NODE_UNIQUE_ID QUEUECTL_DETACHED QUEUECTL_FILE_LIMIT QUEUECTL_DB QUEUECTL_DB_LISTEN QUEUECTL_SCHEDULE QUEUECTL_SCHEDULED_AT TMOUT`);

/** Password of the queue's database, if that is PostgreSQL. */
const POSTGRES_PASSWORD = "PGPASSWORD";

/** pm2 makes variables of all its settings and of its own state. */
const PM2_PREFIX = /^(PM2_|pm_|axm_|NODE_APP_INSTANCE$)/;
const PM2 = names(`
  args automation autorestart autostart created_at cron_restart cwd deep_monitoring disable_logs
  disable_source_map_support disable_trace error_file event_loop_inspector exec_interpreter exec_mode execute_command
  exit_code exp_backoff_restart_delay filter_env force gid increment_var instance_var instances kill_retry_time
  kill_timeout km_link listen_timeout log_date_format log_file log_type max_memory_restart max_restarts merge_logs
  min_uptime name name_prefix namespace node_args node_version out_file pid_file pmx pmx_module post_update
  prev_restart_delay restart_delay restart_time script shutdown_with_message source_map_support status
  stop_exit_codes time trace treekill uid unique_id unstable_restart unstable_restarts username version versioning
  vizion vizion_running wait_ready watch watch_delay windowsHide write`);

function names(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

export function baseEnvironment(env: NodeJS.ProcessEnv, home: Home): Record<string, string> {
  const base = databaseVariable(home);
  const underPm2 = env.pm_id !== undefined;
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || PRIVATE.has(name) || (underPm2 && isOfPm2(name, env))) continue;
    if (name === POSTGRES_PASSWORD && home.database.kind === "postgres") continue;
    base[name] = value;
  }
  return base;
}

/** Leads a job that calls queuectl to the queue that runs it. Empty: the database is at the home's usual place. */
function databaseVariable({ dir, database: { shown } }: Home): Record<string, string> {
  return shown === locateHome({ home: dir }, {}).database.shown ? {} : { QUEUECTL_DB: shown };
}

/** pm2 names one of its variables after the program. */
function isOfPm2(name: string, env: NodeJS.ProcessEnv): boolean {
  return PM2.has(name) || PM2_PREFIX.test(name) || (name === env.name && env[name] === "{}");
}

/** The variables of one attempt, on top of {@link baseEnvironment}. */
export function jobEnvironment(job: ClaimedJob, home: Home): Record<string, string> {
  const report = reportPaths(home, job.fence);
  const { schedule } = job.options;
  return {
    ...job.env,
    // A job that calls queuectl speaks to the queue that runs it. The variable also tells its processes from those of
    // another queue.
    QUEUECTL_HOME: home.dir,
    QUEUECTL_JOB_ID: job.id,
    QUEUECTL_ATTEMPT: String(job.attempt),
    QUEUECTL_FENCE: String(job.fence),
    QUEUECTL_QUEUE: job.queue,
    QUEUECTL_RESULT_FILE: report.result,
    QUEUECTL_ERROR_FILE: report.error,
    ...(schedule && { QUEUECTL_SCHEDULE: schedule.name, QUEUECTL_SCHEDULED_AT: isoTime(schedule.at) }),
  };
}
