/**
 * Reports our state to the service manager: ready, stopping, and, for a watchdog, alive.
 *
 * systemd listens on a datagram socket. Node cannot send to one, so systemd's own program does, which costs some 20 ms
 * of another process each time. Only one message is on its way at a time, so that they arrive in order. pm2 listens on
 * the IPC channel.
 *
 * There is no timer here: `turned` is called when the supervisor's mailbox turns, so a supervisor that hangs feeds no
 * watchdog.
 */
import { execFile } from "node:child_process";
import type { Logger } from "../../src/observe/log.js";
import { notifyFailed } from "../../src/observe/supervisor-log.js";
import { serviceManager } from "./service-manager.js";

/** More than the five seconds for which the program waits until systemd has read the message. */
const TELL_WITHIN_MS = 10_000;

export type Tell = (assignments: readonly string[]) => Promise<void>;

export class Notifier {
  readonly #env: NodeJS.ProcessEnv;
  readonly #log: Logger;
  readonly #tell: Tell | null;
  readonly #feedEveryMs: number | null;
  #lastFedAt = Number.NEGATIVE_INFINITY;
  #queue: Promise<void> = Promise.resolve();
  #feeding = false;
  #stopping = false;
  #complained = false;

  constructor(env: NodeJS.ProcessEnv, log: Logger, tell: Tell = tellSystemd) {
    this.#env = env;
    this.#log = log;
    this.#tell = env.NOTIFY_SOCKET ? tell : null;
    this.#feedEveryMs = watchdogMs(env) / 2 || null;
  }

  ready(workers: number): void {
    if (serviceManager(this.#env) === "pm2" && process.connected)
      process.send?.("ready", undefined, undefined, () => {});
    void this.#send("READY=1", `STATUS=${workers} worker(s)`);
  }

  stopping(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    void this.#send("STOPPING=1", "STATUS=running jobs may finish");
  }

  /** The mailbox has turned. `now` is on a monotonic clock. */
  turned(now: number): void {
    if (this.#feedEveryMs === null || this.#feeding || now - this.#lastFedAt < this.#feedEveryMs) return;
    this.#lastFedAt = now;
    this.#feeding = true;
    void this.#send("WATCHDOG=1").then(() => {
      this.#feeding = false;
    });
  }

  #send(...assignments: string[]): Promise<void> {
    const tell = this.#tell;
    if (tell === null) return this.#queue;
    this.#queue = this.#queue.then(() => tell(assignments)).catch((error) => this.#complain(error));
    return this.#queue;
  }

  /** Once: later messages fail for the same reason. */
  #complain(error: unknown): void {
    if (!this.#complained) notifyFailed(this.#log, error);
    this.#complained = true;
  }
}

/** Milliseconds. 0: no watchdog waits for us. */
function watchdogMs({ WATCHDOG_USEC, WATCHDOG_PID }: NodeJS.ProcessEnv): number {
  const meant = !WATCHDOG_PID || Number(WATCHDOG_PID) === process.pid;
  return meant ? Number(WATCHDOG_USEC ?? 0) / 1000 : 0;
}

function tellSystemd(assignments: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile("systemd-notify", assignments, { timeout: TELL_WITHIN_MS }, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}
