/**
 * The environment of a job: the worker's own, without what a service manager or Node told the worker about itself, plus
 * what the job asks for, plus where it stands. The job's own variables win over the worker's, ours over both.
 */
import type { ClaimedJob } from "../store/store.js";

/** For us and not for our jobs: systemd's readiness protocol, Node's IPC channel and switches, our own configuration. */
const PRIVATE =
  /^(NOTIFY_SOCKET|WATCHDOG_PID|WATCHDOG_USEC|LISTEN_PID|LISTEN_FDS|LISTEN_FDNAMES|INVOCATION_ID|JOURNAL_STREAM|NODE_CHANNEL_FD|NODE_CHANNEL_SERIALIZATION_MODE|NODE_OPTIONS|NODE_UNIQUE_ID|TMOUT)$/;
/** pm2 puts a whole family of them into what it starts, some without a prefix of their own. */
const PM2 =
  /^(PM2_|pm_|axm_|NODE_APP_INSTANCE$|exec_mode$|unique_id$|vizion|treekill$|kill_retry_time$|km_link$|automation$|autostart$|autorestart$|instance_var$|merge_logs$|max_restarts|pmx$|watch$|wait_ready$|kill_timeout$|listen_timeout$|stop_exit_codes$)/;

export function baseEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const base: Record<string, string> = {};
  const underPm2 = env.pm_id !== undefined;
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || PRIVATE.test(name) || (underPm2 && PM2.test(name))) continue;
    base[name] = value;
  }
  return base;
}

/** What is set for one attempt on top of {@link baseEnvironment}. */
export function jobEnvironment(job: ClaimedJob): Record<string, string> {
  return {
    ...job.env,
    QUEUECTL_JOB_ID: job.id,
    QUEUECTL_ATTEMPT: String(job.attempt),
    QUEUECTL_FENCE: String(job.fence),
    QUEUECTL_QUEUE: job.queue,
  };
}
