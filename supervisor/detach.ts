/**
 * Starts a supervisor that outlives its terminal: a session of its own, output in the log file. Returns only when it has
 * said that it is ready, so that success means success.
 */
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { QueuectlError, UnusableError } from "../src/core/errors.js";
import { type Home, prepareHome } from "../src/home.js";
import { DETACHED_VARIABLE, type ToStarter } from "./starter.js";

const READY_WITHIN_MS = 10_000;

export interface Started {
  readonly pid: number;
  readonly workers: readonly number[];
  readonly logFile: string;
}

/**
 * @param args the words of the command line after `worker start`, without `--detach`
 * @throws QueuectlError whatever the supervisor failed with; nothing of it is left then
 */
export async function startDetached(home: Home, args: readonly string[]): Promise<Started> {
  prepareHome(home);
  const program = process.argv[1];
  if (program === undefined) throw new QueuectlError("internal", "cannot tell which program to start again");
  const log = openSync(home.logFile, "a", 0o600);
  const child = spawn(process.execPath, [program, "worker", "start", "--home", home.dir, "--db", home.db, ...args], {
    detached: true,
    stdio: ["ignore", log, log, "ipc"],
    env: { ...process.env, [DETACHED_VARIABLE]: "1" },
  });
  closeSync(log);
  const answer = await new Promise<ToStarter>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(notReady(home, `did not become ready within ${READY_WITHIN_MS / 1000} s`)),
      READY_WITHIN_MS,
    );
    child.on("message", (message) => resolve(message as ToStarter));
    child.on("error", reject);
    child.on("exit", (code, signal) => reject(notReady(home, `ended at once (${signal ?? `exit code ${code}`})`)));
    child.on("message", () => clearTimeout(timer));
    child.on("exit", () => clearTimeout(timer));
  }).catch((error) => {
    child.kill("SIGTERM");
    throw error;
  });
  if (answer.type === "failed") throw new QueuectlError(answer.code, answer.message, { hint: answer.hint });
  if (child.connected) child.disconnect();
  child.unref();
  return { pid: answer.pid, workers: answer.workers, logFile: home.logFile };
}

function notReady(home: Home, what: string): UnusableError {
  return new UnusableError(`the supervisor ${what}`, `its log says why: ${home.logFile}`);
}
