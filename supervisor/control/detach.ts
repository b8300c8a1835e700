/**
 * Starts a supervisor that outlives its terminal: with a session of its own, output in the log file, and a keeper that
 * starts it again after a kill. Returns only when the supervisor is ready, so that success means success.
 *
 * The supervisor gets its database in its environment, without a password. The home is an argument, so that `ps` tells one
 * supervisor from another.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { QueuectlError, UnusableError } from "../../src/core/errors.js";
import { type Home, prepareHome } from "../../src/home/home.js";
import { poolOf } from "../../src/home/pool.js";
import { checkBeforeHome } from "../../src/store/open.js";
import { encodeNames } from "../../src/system/variable-names.js";
import { KEEPER_SAYS, KEEPER_SCRIPT } from "./keeper.js";
import { DETACHED_VARIABLE, type ToStarter } from "./ready-report.js";

const READY_WITHIN_MS = 10_000;

export interface Started {
  readonly pool: string;
  readonly pid: number;
  readonly workers: readonly number[];
  readonly logFile: string;
}

/**
 * @param name name of the pool
 * @param args the words of the command line after `worker start`, without `--detach`
 * @throws QueuectlError the error of the supervisor; no process of it is left then
 */
export async function startDetached(home: Home, name: string, args: readonly string[]): Promise<Started> {
  const pool = poolOf(home, name);
  await checkBeforeHome(home);
  prepareHome(home, pool);
  const { logFile } = pool;
  const program = process.argv[1];
  if (program === undefined) throw new QueuectlError("internal", "cannot tell which program to start again");
  const log = openSync(logFile, "a", 0o600);
  const before = fstatSync(log).size;
  const supervisor = [process.execPath, program, "worker", "start", "--home", home.dir, `--name=${name}`, ...args];
  const keeper = spawn("/bin/sh", ["-c", KEEPER_SCRIPT, "queuectl-keeper", logFile, ...supervisor], {
    detached: true,
    cwd: home.dir,
    stdio: ["ignore", log, log, "ipc"],
    env: encodeNames({ ...process.env, QUEUECTL_DB: home.database.shown, [DETACHED_VARIABLE]: "1" }),
  });
  closeSync(log);
  const answer = await answerOf(keeper, logFile, before).catch((error) => {
    endGroup(keeper);
    throw error;
  });
  if (keeper.connected) keeper.disconnect();
  keeper.unref();
  if (answer.type === "failed") {
    endGroup(keeper);
    throw new QueuectlError(answer.code, answer.message, { hint: answer.hint });
  }
  return { pool: name, pid: answer.pid, workers: answer.workers, logFile };
}

/**
 * The supervisor's message over the channel that it got through its keeper.
 * @param before size of the log before the start
 */
function answerOf(keeper: ChildProcess, logFile: string, before: number): Promise<ToStarter> {
  return new Promise((resolve, reject) => {
    const late = () => reject(notReady(logFile, before, `did not become ready within ${READY_WITHIN_MS / 1000} s`));
    const timer = setTimeout(late, READY_WITHIN_MS);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    keeper.once("message", (message) => settle(() => resolve(message as ToStarter)));
    keeper.once("error", (error) => settle(() => reject(error)));
    keeper.once("exit", (code, signal) =>
      settle(() => reject(notReady(logFile, before, `ended at once (${signal ?? `exit code ${code}`})`))),
    );
  });
}

/** The keeper and its supervisor are one process group. */
function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGTERM");
  } catch {
    // The group has ended already.
  }
}

function notReady(logFile: string, before: number, what: string): UnusableError {
  const trouble = lastTrouble(logFile, before);
  const said = trouble === null ? "" : `: ${trouble}`;
  return new UnusableError(`the supervisor ${what}${said}`, `its log says more: ${logFile}`);
}

/** The last error of a supervisor or worker, or the last word of the keeper. Null: there is none. */
function lastTrouble(logFile: string, before: number): string | null {
  try {
    const lines = readFileSync(logFile).subarray(before).toString().trimEnd().split("\n");
    return lines.map(troubleIn).findLast((text) => text !== null) ?? null;
  } catch {
    return null;
  }
}

/** What a line of the log, JSON or text, says of an error. Null: it is about none. */
export function troubleIn(line: string): string | null {
  if (line.startsWith(KEEPER_SAYS)) return line;
  const text = /^\[[\d:]+\] (?:ERROR|FATAL): (.*)$/.exec(line)?.[1];
  if (text !== undefined) return text;
  const said = /^\{"level":"(?:error|fatal)".*"msg":("(?:[^"\\]|\\.)*")\}$/.exec(line)?.[1];
  return said === undefined ? null : String(JSON.parse(said));
}
