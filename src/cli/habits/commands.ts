/** Commands as they are called elsewhere. */
import { COMMAND_PATHS } from "../registry.js";
import { type Advice, type Form, type Habit, habits, type Names } from "./habit.js";

const NAMES: Names = {
  enqueue: `add, submit, push, put, create, new, insert, send, publish, dispatch, enq, queue add, queue push, queue submit,
    job add, job submit, job enqueue, job create, job push, job new, jobs add, jobs submit, jobs enqueue, jobs create,
    jobs push, add job, submit job, create job, enqueue-job, task add`,
  "enqueue --file":
    "enqueue-file, enqueue-batch, enqueue-bulk, enqueue-many, bulk-enqueue, batch-enqueue, batch, bulk, import, load",
  list: "ls, ll, ps, jobs, jobs list, jobs ls, jobs all, job list, job ls, list-jobs, task list, queue jobs",
  "list --state=pending": "pending, queued, waiting, list-pending",
  "list --state=pending --sort=run_at": "peek, next, upcoming, queue peek, atq",
  "list --json": "jlist, prettylist",
  "list --state=processing": "processing, running, active, list-processing",
  "list --state=completed": "completed, done, finished, list-completed",
  "list --state=failed,dead": "failed, failures, errors, list-failed",
  show: `get, inspect, describe, view, jobs show, jobs get, jobs view, jobs info, jobs status, jobs inspect, jobs describe,
    job show, job get, job view, job info, job status, job inspect, job describe, get job, get-job, show-job,
    job-status, history, attempts, result, results`,
  logs: "log, output, out, tail, cat, job logs, job log, job output, jobs logs, jobs log, jobs output",
  "logs -f": "follow, attach",
  explain: "why, reason, job explain, job why, jobs explain",
  cancel:
    "kill, abort, terminate, job cancel, job kill, job stop, job abort, jobs cancel, jobs kill, jobs stop, cancel-job, atrm",
  retry: "requeue, rerun, re-run, redo, replay, job retry, job rerun, job requeue, jobs retry, jobs rerun, retry-job",
  edit: "modify, update, alter, job edit, job update, jobs edit, jobs update",
  wait: "await, join, job wait, jobs wait",
  "jobs delete": `rm, remove, delete, del, jobs rm, jobs remove, jobs del, job delete, job rm, job remove, job del,
    delete job, remove job, delete-job, remove-job`,
  status: `stats, stat, statistics, summary, overview, count, counts, metrics, size, length, depth, queue size, queue length, queue stats, queue status, jobs stats, jobs count,
    queue summary, dlq stats, dlq count, show-status, state, queue-status`,
  doctor: "health, healthcheck, health-check, check, diagnose, ping, verify, selftest, self-test",
  top: "monitor, monit, watch, live, tui, ui, htop",
  "worker start": `work, worker run, worker up, worker launch, worker spawn, worker create, workers start, workers run, workers up,
    start worker, start workers, start-worker, start-workers, run-worker, run-workers`,
  "worker start --detach": "worker daemon, worker daemonize, worker background, workers daemon",
  "worker stop": `worker down, worker shutdown, worker halt, worker quit, worker stop-all, worker stopall, workers stop, workers down,
    workers shutdown, stop worker, stop workers, stop-worker, stop-workers, shutdown`,
  "worker list": `workers, workers list, workers ls, workers status, workers show, worker status, worker ls, worker ps, worker show,
    worker info, worker stats, worker count, worker health, worker active, list-workers`,
  "worker restart": "workers restart, worker reload, workers reload, restart workers, worker cycle",
  "worker scale": "workers scale, worker resize, worker set, workers resize, scale, scale workers",
  "worker logs": "workers logs, worker log, worker tail, worker output",
  "queue list": "queues, queue ls, queues list, queues ls, list-queues, group, groups, group list, group ls",
  "queue show": "queue get, queue info, queue describe, queue inspect, queues show",
  "queue pause": "queue stop, queue hold, queue suspend, queue disable, queues pause, pause-queue",
  "queue resume":
    "queue start, queue unpause, queue continue, queue enable, queues resume, resume-queue, unpause-queue",
  "queue rm": `queue remove, queue delete, queue del, queue drop, queues rm, queues remove, queues delete, group remove, group rm,
    group delete`,
  "queue set": "queue limit, queue config, queue configure, queue update",
  "dlq list": `dlq ls, dlq show, dlq view, dlq info, dlq peek, dlq all, dlq get, dlq inspect, dlq status, dlq jobs, dead, dead list, deadletter,
    dead-letter, dead-letters, dead-jobs, list-dlq, list-dead`,
  "dlq retry": `dlq requeue, dlq replay, dlq redrive, dlq rerun, dlq restore, dlq revive, dlq resubmit, dlq reprocess, dlq retry-job,
    retry-dlq, requeue-dlq, dead retry`,
  "dlq retry --all": "dlq retry-all, dlq retryall, dlq requeue-all, dlq replay-all, retry-all, retry-dead",
  "dlq purge": "dlq clear, dlq flush, dlq empty, dlq clean, dlq drop, dlq delete-all, clear-dlq, purge-dlq",
  "config list": "config show, config ls, config view, config print, config dump, config all, config display, settings",
  "config get": "get config, get-config, config read, config show-key",
  "config set": "set config, set-config, config update, config put, config change, config write, config add",
  "config unset":
    "config reset, config delete, config del, config rm, config remove, config clear, config default, unset, reset-config",
  "schedule add":
    "schedule create, schedule new, schedule set, cron, cron add, repeat, every, add-schedule, schedules add",
  "schedule edit": "schedule update, schedule change, schedule modify, cron edit",
  "schedule list": "schedules, schedule ls, schedules list, cron list, cron ls, list-schedules",
  "schedule show":
    "schedule get, schedule info, schedule describe, schedule history, schedule runs, schedule logs, cron show",
  "schedule remove": "schedule rm, schedule delete, schedule del, schedule cancel, cron remove, cron rm, cron delete",
  "schedule pause": "schedule stop, schedule disable, schedule suspend",
  "schedule resume": "schedule start, schedule enable, schedule unpause",
  "schedule run": "schedule trigger, schedule now, schedule fire, schedule run-now",
  "policy list": "policies, policy ls",
  "policy set": "policy add, policy create, policy new, policy update",
  "policy show": "policy get, policy info",
  "policy remove": "policy rm, policy delete, policy del",
  completion: "completions, autocomplete, complete",
  help: "usage, man, commands, ?",
  "--version": "version, ver",
};

const START: Form = ["start workers", "worker start"];
const STOP: Form = ["stop the workers", "worker stop"];
const CANCEL: Form = ["cancel a job", "cancel ID"];
const DELETE_ENDED: Form = ["delete the completed jobs", "prune --state completed"];
const DELETE_DEAD: Form = ["delete the dead ones", "dlq purge"];
const DELETE_WAITING: Form = ["delete the waiting ones", "jobs delete --state pending"];
const FIRST: Form = ["make the home, with a first job", "enqueue 'echo hi'"];
const CHECK: Form = ["check what is there", "doctor"];
const ADD_SCHEDULE: Form = ["add one", "schedule add NAME --cron '30 2 * * *' -- make test"];
const EXPORT: Form = ["print all jobs as JSON", "list --json"];

const ADVICE: Advice = [
  ["job", ["see a job", "show ID"], ["see all jobs", "list"]],
  ["scheduler, scheduler start", ["let schedules fire, start workers", "worker start"], ["see them", "schedule list"]],
  [
    "recover, recover-stale, recover-stuck, requeue-stale, requeue-stuck, release-stale, reclaim, reap, sweep, unstick",
    ["take back what dead workers held, start workers", "worker start"],
    ["see why a job does not run", "explain ID"],
  ],
  [
    "start, up",
    START,
    ["put a command into the queue", "enqueue 'make test'"],
    ["let a paused queue go on", "queue resume NAME"],
  ],
  ["stop, down, halt, quit", STOP, CANCEL, ["pause a queue", "queue pause NAME"]],
  [
    "restart, reload",
    ["replace the workers", "worker restart"],
    ["run a job again", "retry ID"],
    ["run every dead job again", "dlq retry --all"],
  ],
  ["pause, suspend, disable", ["pause a queue", "queue pause NAME"], STOP],
  ["resume, unpause, continue, enable", ["let a paused queue go on", "queue resume NAME"], START],
  ["daemon, daemonize, background, server", ["start workers in the background", "worker start --detach"]],
  [
    "worker kill, workers kill, kill workers, kill-workers",
    ["stop them and their jobs at once", "worker stop --force"],
  ],
  ["worker pause, worker suspend, workers pause", ["pause a queue", "queue pause NAME"], STOP],
  ["worker resume, workers resume", ["let a paused queue go on", "queue resume NAME"], START],
  [
    "worker add, workers add, worker remove, worker rm, worker delete",
    ["change their number", "worker scale 3"],
    ["stop one pool", "worker stop --name NAME"],
  ],
  [
    "clear, clean, cleanup, purge, flush, wipe, reset, gc, truncate, empty, drop, jobs purge, jobs clear, jobs clean, jobs prune, queue clear, queue purge, queue flush, queue empty, job purge, job clear",
    DELETE_ENDED,
    DELETE_DEAD,
    DELETE_WAITING,
  ],
  [
    "dlq delete, dlq rm, dlq remove, dlq del, dlq discard",
    ["delete one job", "jobs delete ID"],
    ["delete all dead ones", "dlq purge"],
  ],
  ["init, setup, install, initialize, bootstrap, migrate, db init, init-db, config init", FIRST, CHECK],
  [
    "queue create, queue new, queue make, group add, group create, group new",
    ["use a queue, which needs no creation", "enqueue --queue NAME 'echo hi'"],
    ["limit how many of its jobs run at once", "queue set NAME --concurrency 2"],
  ],
  ["crontab", ["see the schedules", "schedule list"], ADD_SCHEDULE],
  ["schedule rename", ADD_SCHEDULE, ["remove the old one", "schedule remove NAME"]],
  [
    "startup, unstartup, save, resurrect",
    ["start workers for the jobs, which are stored already", "worker start --detach"],
  ],
  ["env", ["see the variables of a job", "show ID"], ["change them", `edit ID --set env='{"NAME":"value"}'`]],
  ["last", ["see the newest job", "show last"], ["print its output", "logs last"]],
  ["dashboard, gui, web, serve", ["watch the queue in this terminal", "top"]],
  ["set, configure", ["change a setting", "config set KEY VALUE"]],
  ["config edit, config open", ["change a setting", "config set KEY VALUE"]],
  ["info", ["see a job", "show ID"], ["see the queue", "status"]],
  [
    "at, later, delay, defer",
    ["run it at a time", "enqueue --run-at '2030-01-31 08:00' 'echo hi'"],
    ["run it later", "enqueue --delay 5m 'echo hi'"],
  ],
  [
    "exec, execute, do, start-job, job run, jobs run",
    ["run a command and follow it", "run -- make test"],
    ["put it into the queue", "enqueue 'make test'"],
  ],
  ["search, find, filter, grep, query", ["choose jobs", "list --where 'command~make and age<1h'"]],
  ["priority, prioritize, move, swap, switch, bump", ["change a job that waits", "edit ID --set priority=5"]],
  ["export, dump, dlq export, jobs export", EXPORT],
  [
    "parallel, concurrency, slots",
    ["have more workers", "worker scale 3"],
    ["limit how many jobs of a queue run at once", "queue set NAME --concurrency 2"],
  ],
  ["demo, example, examples", ["see examples of a command", "help enqueue"], FIRST],
];

const COMMANDS = habits(NAMES, ADVICE);

/** All, for tests. */
export const COMMAND_HABITS: ReadonlyMap<string, Habit> = COMMANDS;

/** `list-jobs`, `list:jobs` and `list jobs` are one habit, and `worker-start` is one too. */
export function commandHabit(words: string): Habit | undefined {
  const apart = words.replace(/[-_:.]/g, " ");
  const path = apart !== words && COMMAND_PATHS.includes(apart) ? { means: apart } : undefined;
  return COMMANDS.get(words) ?? path ?? COMMANDS.get(apart);
}
