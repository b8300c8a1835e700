/** Flags as they are called elsewhere, for each command. */
import { type Advice, type Form, type Habit, habits, type Names } from "./habit.js";

const SELECT: Names = {
  "--state": "--status, --states, --statuses, -s",
  "--queue": "--queue-name, --queues, --group, -Q, -g",
  "--tag": "--tags, --label, --labels",
  "--where": "--filter, --query",
};

const LISTS: Names = {
  ...SELECT,
  "--limit": "-n, -l, --max, --count, --num, --number, --head, --tail, --last, --size, --page-size",
  "--limit=0": "--all, -a, --full, --no-limit",
  "--sort": "--order, --order-by, --sort-by",
  "--reverse": "-r, --desc, --descending, --newest, --newest-first",
  "--columns": "--fields, --cols, -c",
  "--format": "-o, --output, --output-format",
};

const RETRIES: Names = {
  "--max-retries":
    "--retries, --retry, --max-retry, --max-attempts, --attempts, --max-tries, --tries, --retry-limit, -r, -m",
  "--timeout":
    "--time-limit, --job-timeout, --timeout-seconds, --timeout-secs, --timeout-sec, --max-runtime, --max-time, -t",
  "--backoff-base": "--base, --backoff-factor, --retry-base, --base-delay",
  "--backoff-max": "--max-backoff, --max-delay, --backoff-cap",
};

const JOB: Names = {
  ...RETRIES,
  "--command": "--cmd, --exec, --script, --shell, --shell-command, --run, -c",
  "--priority": "--prio, -p, -P",
  "--queue": "--queue-name, --group, -Q, -g",
  "--tag": "--tags, --label, --labels, -l, -L",
  "--cwd": "--working-dir, --working-directory, --workdir, --work-dir, --dir, --directory, --cd, --chdir, -C, -w",
  "--env": "--environment, --env-var, --var, -e, -E",
  "--unique": "--unique-key, --idempotency-key, --dedupe, --dedup, --dedup-key, --dedupe-key",
  "--nice": "--niceness",
  "--memory": "--mem, --memory-limit, --max-memory",
  "--on-completed": "--on-success, --on-complete",
};

const ONE_JOB: Names = {
  ...JOB,
  "--id": "--name, --job-id, --job-name, --job, -i, -n",
  "--run-at":
    "--at, --when, --start-at, --not-before, --scheduled-at, --schedule-at, --scheduled-for, --schedule, --eta",
  "--delay": "--in, --delay-seconds, --countdown, -d",
  "--after":
    "--depends-on, --depends, --dependency, --dependencies, --deps, --needs, --requires, --parent, --parents, -a, -D, -W",
  "--replace": "--force, --overwrite, --update, --upsert",
};

const YES: Names = { "--yes": "--force, --confirm, --no-confirm, --assume-yes, --no-prompt, -f" };

const LIVE: Advice = [["--watch, -w, -f, --follow, --live, --refresh, --interval", ["watch the queue", "top"]]];

const STATES = ["pending", "processing", "completed", "failed", "dead", "cancelled", "blocked"];
const BY_STATE: Names = Object.fromEntries(STATES.map((state) => [`--state=${state}`, `--${state}`]));

const ONLY_DELETING_NEEDS_YES = "-f, --force";
const CANCEL_ALL: Form = ["cancel all that wait or run", "cancel --state pending,failed,blocked,processing"];
const DELETE_ALL: Form = ["delete by state", "jobs delete --state completed,cancelled"];
const SCALE: Form = ["change the number of workers", "worker scale 3"];
const SET: Form = ["change a setting", "config set max-retries 5"];

const BY_COMMAND: Readonly<Record<string, ReadonlyMap<string, Habit>>> = {
  enqueue: habits(
    {
      ...ONE_JOB,
      "--file": "--json-file, --from-file, --input, --input-file, --from, --batch, --path",
      "--quiet": "--print-task-id, --print-id, --id-only",
    },
    [
      ["--immediate, --now, --urgent", ["run it before the others", "enqueue 'echo hi' --priority 1000"]],
      ["-o", ["run it before others", "enqueue 'echo hi' --priority 5"], ["print JSON", "enqueue 'echo hi' --json"]],
      ["--payload, --data, --body, --job-json, --spec, -j", ["give a job as JSON", `enqueue '{"command":"echo hi"}'`]],
      [
        "--cron, --repeat, --every, --interval",
        ["enqueue by the clock", "schedule add NAME --cron '30 2 * * *' -- make test"],
      ],
      ["--detach, --background, --async", ["put it into the queue, without waiting for its end", "enqueue 'echo hi'"]],
      ["--follow, --sync, --wait", ["run a command and follow it", "run -- make test"]],
    ],
  ),
  run: habits(ONE_JOB),
  "worker start": habits(
    {
      "--count": `-c, -n, -w, -i, -j, -p, --workers, --worker, --worker-count, --num-workers, --num, --number, --processes, --procs,
        --instances, --replicas, --pool-size, --jobs`,
      "--concurrency": "--parallel, --threads, --slots, --per-worker",
      "--queue": "--queues, --queue-name, --group, -q, -Q, -g",
      "--detach": "--detached, --daemon, --daemonize, --background, --bg, -d, -D, -b, -B",
      "--foreground": "--fg, --no-daemon, --no-detach, --attach, --nodaemon, -F",
      "--poll": "--poll-interval, --polling-interval, --interval, --sleep",
      "--grace": "--grace-period, --shutdown-timeout, --graceful-timeout, --stop-timeout",
      "--once": "--one, --single, --run-once, --one-shot",
      "--drain": "--burst, --until-empty, --exit-when-empty, --stop-when-empty, --exit-on-empty, --drain-and-exit",
      "--log": "--log-format, --log-type",
      "--max-jobs": "--max-tasks, --max-tasks-per-child, --max-jobs-per-worker",
      "--max-rss": "--max-memory, --max-memory-per-child, --memory",
    },
    [
      ["--timeout, --job-timeout, -t", ["limit how long a job may run", "config set job-timeout 10m"]],
      ["--max-retries, --retries", SET],
      [
        "--verbose, --debug, --log-level, --loglevel, --quiet",
        ["choose the level of the log, set QUEUECTL_LOG_LEVEL", "worker start"],
      ],
      ["--backoff, --backoff-base", ["change the waits", "config set backoff-base 2"]],
    ],
  ),
  "worker stop": habits(
    {
      "": "--all, -a, --graceful, --wait, --gracefully",
      "--force": "-f, --now, --immediate, --immediately, --kill, --hard",
      "--timeout": "-t, --wait-timeout",
    },
    [["--pid, --id, --worker, --count, -n", SCALE, ["stop all", "worker stop"]]],
  ),
  "worker scale": habits({}, [["--count, -c, -n, -w, --workers, --to, --replicas, --num-workers", SCALE]]),
  "worker list": habits({ "": "--all, -a, --active" }, LIVE),
  "worker logs": habits({ "--lines": "--tail, --line, --num" }),
  list: habits({ ...LISTS, ...BY_STATE }, LIVE),
  "dlq list": habits(LISTS),
  status: habits({ "": "--all, -a, --detailed, --detail, --verbose, --full, --workers, --jobs" }, [
    ...LIVE,
    [
      "--queue, --queue-name, --group, -q, -Q, -g",
      ["see the jobs of a queue", "list --queue NAME"],
      ["see all queues", "queue list"],
    ],
  ]),
  show: habits({ "": "--verbose, --detailed, --history, --attempts, --full" }, [
    ["--logs, --output, --log, --stdout, --stderr, -o", ["print the output", "logs ID"]],
    ["--id, --job, --job-id, -i, -j", ["see a job", "show ID"]],
  ]),
  logs: habits(
    {
      "--lines": "--tail, --line, --num, --last",
      "--stdout": "--out",
      "--stderr": "--err, --error, --errors",
      "--follow": "-F, --watch, -w",
    },
    [["--id, --job, --job-id, -i, -j", ["print the output", "logs ID"]]],
  ),
  explain: habits({}, [["--id, --job, --job-id, -i", ["ask for a job", "explain ID"]]]),
  wait: habits({ ...SELECT, "--timeout": "-t, --max-wait", "--all": "-a" }),
  cancel: habits({ ...SELECT }, [
    ["--all, -a", CANCEL_ALL],
    [
      ONLY_DELETING_NEEDS_YES,
      ["cancel a job, running or not", "cancel ID"],
      ["answer the question in a script", "cancel --queue NAME -y"],
    ],
    ["--id, --job, --job-id, -i", ["cancel a job", "cancel ID"]],
  ]),
  retry: habits({ ...SELECT }, [
    ["--all, -a", ["retry every dead job", "dlq retry --all"]],
    ["--id, --job, --job-id, -i", ["retry a job", "retry ID"]],
  ]),
  "dlq retry": habits({ ...SELECT, "--all": "-a" }, [
    ["--id, --job, --job-id, -i", ["retry a dead job", "dlq retry ID"]],
  ]),
  "dlq purge": habits({ ...SELECT, ...YES, "": "--all, -a" }, [
    ["--id, --job, --job-id, -i", ["delete one job", "jobs delete ID"]],
    ["--older-than, --older, --before", ["delete dead jobs by age", "prune --state dead --older-than 7d"]],
  ]),
  "jobs delete": habits({ ...SELECT, ...BY_STATE }, [
    ["--all, -a", DELETE_ALL],
    [ONLY_DELETING_NEEDS_YES, ["delete without a question", "jobs delete ID -y"], ["stop one that runs", "cancel ID"]],
    ["--id, --job, --job-id, -i", ["delete a job", "jobs delete ID"]],
  ]),
  prune: habits(
    {
      ...YES,
      "--state": "--status, --states, -s",
      "--older-than": "--older, --before, --age, --max-age, --min-age",
      "--dry-run": "-n, --dry, --simulate, --preview",
      ...Object.fromEntries(["completed", "dead", "cancelled"].map((state) => [`--state=${state}`, `--${state}`])),
    },
    [
      ["--all, -a", ["delete all ended jobs", "prune --state completed,dead,cancelled"]],
      ["--days, --older-than-days, --hours", ["delete by age", "prune --older-than 7d"]],
    ],
  ),
  "config list": habits({ "--show-origin": "--origin, --source, --show-source", "": "--all, -a" }),
  "config set": habits({}, [
    ["--key, -k, --value, -v, --name", SET],
    ["--max-retries, --retries, --max-attempts", SET],
    ["--backoff-base, --backoff", ["change the waits", "config set backoff-base 2"]],
    ["--timeout, --job-timeout", ["limit how long a job may run", "config set job-timeout 10m"]],
  ]),
  "config get": habits({ "": "--all, -a" }, [["--key, -k, --name", ["see a setting", "config get max-retries"]]]),
  "schedule add": habits({ ...JOB, "--cron": "--schedule, --crontab, --expression", "--tz": "--timezone, --zone" }, [
    [
      "--every, --interval, --repeat",
      ["run it every five minutes", "schedule add NAME --cron '*/5 * * * *' -- make test"],
    ],
  ]),
  "policy set": habits(RETRIES),
  "queue set": habits({
    "--concurrency": "--parallel, --parallelism, --max-concurrency, --limit, --slots, --workers, -c, -n",
    "--rate": "--rate-limit, --throttle",
    "--max-length": "--max-size, --size",
  }),
  top: habits({}, [["--watch, -w, --live", ["watch the queue", "top"]]]),
};

/** Of every command, if it has no other meaning there. */
const EVERYWHERE = habits(
  {
    "--home": "--home-dir, --data-dir, --queue-dir, --root, --base-dir",
    "--db": "--database, --db-path, --db-file, --db-url, --database-url, --sqlite",
    "--json": "--as-json, --to-json, --json-output, -j, -J",
  },
  [
    ["--output, --format, -o", ["print JSON", "status --json"]],
    ["--config, --config-file", ["see the settings, which are in the database", "config list"], SET],
    ["-V, -v", ["print the version", "--version"]],
  ],
);

/** All, by command, for tests. `*`: every command. */
export const FLAG_HABITS: Readonly<Record<string, ReadonlyMap<string, Habit>>> = { ...BY_COMMAND, "*": EVERYWHERE };

/** @param path the command's words: `worker start` */
export function flagHabit(path: string, flag: string): Habit | undefined {
  const own = Object.hasOwn(BY_COMMAND, path) ? BY_COMMAND[path] : undefined;
  return own?.get(flag) ?? EVERYWHERE.get(flag);
}
