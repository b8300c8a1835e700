import { expect, it } from "vitest";
import type { JobOptions } from "../../src/core/job/options.js";
import { locateHome } from "../../src/home/home.js";
import type { ClaimedJob } from "../../src/store/contract/store.js";
import { baseEnvironment, jobEnvironment } from "../../src/worker/job-environment.js";

const home = locateHome({ home: "/q" }, {});
const OURS = { PATH: "/bin", HOME: "/root", http_proxy: "http://p", QUEUECTL_HOME: "/q" };

function environment(names: string): NodeJS.ProcessEnv {
  return Object.fromEntries(names.split(" ").map((name) => [name, "x"]));
}

it("takes from a job what systemd tells a service", () => {
  // What systemd 252 set for the unit in examples/systemd; STATE_DIRECTORY is where the job's service may write.
  const seen = "NOTIFY_SOCKET MANAGERPID WATCHDOG_PID WATCHDOG_USEC INVOCATION_ID SYSTEMD_EXEC_PID JOURNAL_STREAM";
  expect(baseEnvironment({ ...OURS, ...environment(seen), STATE_DIRECTORY: "/d" }, home)).toEqual({
    ...OURS,
    STATE_DIRECTORY: "/d",
  });
});

it("takes from a job what pm2 adds to its program's", () => {
  // What pm2 7.0.4 set for the app in examples/pm2, at its first and its second start.
  const seen =
    "NODE_APP_INSTANCE NODE_CHANNEL_FD NODE_CHANNEL_SERIALIZATION_MODE PM2_INTERACTOR_PROCESSING PM2_JSON_PROCESSING " +
    "PM2_USAGE automation autorestart autostart created_at exec_interpreter exec_mode exit_code " +
    "exp_backoff_restart_delay instance_var instances kill_retry_time kill_timeout km_link listen_timeout namespace " +
    "pm_cwd pm_err_log_path pm_exec_path pm_id pm_out_log_path pm_pid_path pm_uptime pmx prev_restart_delay " +
    "restart_time status treekill unique_id unstable_restarts username version vizion vizion_running wait_ready " +
    "windowsHide";
  expect(baseEnvironment({ ...OURS, ...environment(seen), name: "queue", queue: "{}" }, home)).toEqual(OURS);
});

it("leaves a job its own variables of such names where there is no pm2", () => {
  const own = environment("name status username version instances");
  expect(baseEnvironment({ ...OURS, ...own }, home)).toEqual({ ...OURS, ...own });
});

it("does not let a job's own queuectl take itself for the detached one", () => {
  expect(baseEnvironment({ ...OURS, QUEUECTL_DETACHED: "1" }, home)).toEqual(OURS);
});

it("tells a job the schedule that it is of, and no job that of another", () => {
  const schedule = { name: "backup", at: 0 };
  const job = { id: "j", attempt: 1, fence: 7, queue: "q", env: { QUEUECTL_SCHEDULE: "mine" } };
  const environmentOf = (options: JobOptions) => jobEnvironment({ ...job, options } as unknown as ClaimedJob, home);
  expect(environmentOf({ schedule })).toMatchObject({
    QUEUECTL_SCHEDULE: "backup",
    QUEUECTL_SCHEDULED_AT: "1970-01-01T00:00:00.000Z",
  });
  expect(environmentOf({})).not.toHaveProperty("QUEUECTL_SCHEDULED_AT");
  const outer = { QUEUECTL_SCHEDULE: "backup", QUEUECTL_SCHEDULED_AT: "x" };
  expect(baseEnvironment({ ...OURS, ...outer }, home)).toEqual(OURS);
});

it("tells a job which database its queue is in, unless that is where the home says", () => {
  const elsewhere = locateHome({ home: "/q", db: "/elsewhere.db" }, {});
  expect(baseEnvironment(OURS, elsewhere)).toEqual({ ...OURS, QUEUECTL_DB: "/elsewhere.db" });
  // That of the environment is another one than a flag has chosen.
  expect(baseEnvironment({ ...OURS, QUEUECTL_DB: "/another.db" }, elsewhere).QUEUECTL_DB).toBe("/elsewhere.db");
  expect(baseEnvironment({ ...OURS, QUEUECTL_DB: "/another.db" }, home)).toEqual(OURS);
});

it("keeps the password of the database from a job, and leaves it one that is not of the database", () => {
  const setting = "postgres://me:secret@host/jobs";
  const env = { ...OURS, QUEUECTL_DB: setting, PGPASSWORD: "secret" };
  expect(baseEnvironment(env, locateHome({ home: "/q" }, env))).toEqual({
    ...OURS,
    QUEUECTL_DB: "postgres://me@host/jobs",
  });
  expect(baseEnvironment({ ...OURS, PGPASSWORD: "mine" }, home)).toEqual({ ...OURS, PGPASSWORD: "mine" });
});
