/**
 * The worker processes: spawns them, passes messages on, signals them. Their messages and exits are only forwarded, as
 * messages.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Home } from "../../src/home/home.js";
import { type FromWorker, type ToWorker, WORKER_ENTRY, type WorkerOptions } from "../../src/worker/protocol.js";
import type { Message } from "../pure/state.js";
import { killTree } from "./kill-tree.js";

/** How long after a worker's exit its last messages may still be on their way, in milliseconds. */
const LAST_WORDS_MS = 500;

/** The same for every worker. */
type CommonOptions = Omit<WorkerOptions, "id" | "restarts" | "slots">;
type OwnOptions = Pick<WorkerOptions, "id" | "restarts" | "slots">;

export class WorkerProcesses {
  readonly #home: Home;
  readonly #options: CommonOptions;
  readonly #entry: string;
  readonly #children = new Map<string, ChildProcess>();
  #announced: ToWorker | undefined;

  /** @param entry the script that a worker runs */
  constructor(home: Home, options: CommonOptions, entry: string = WORKER_ENTRY) {
    this.#home = home;
    this.#options = options;
    this.#entry = entry;
  }

  spawn({ id, restarts, slots }: OwnOptions, send: (message: Message) => void): void {
    const options: WorkerOptions = { ...this.#options, id, restarts, slots };
    const child = spawn(process.execPath, [this.#entry, JSON.stringify(options)], {
      // A session of its own: ^C in a terminal is for the supervisor, which then tells its workers.
      detached: true,
      stdio: ["ignore", 2, 2, "ipc"],
      env: { ...process.env, QUEUECTL_HOME: this.#home.dir, QUEUECTL_DB: this.#home.database.shown },
    });
    this.#children.set(id, child);
    let gone = false;
    const exited = (code: number | null, signal: string | null) => {
      if (gone) return;
      gone = true;
      this.#children.delete(id);
      send({ type: "exited", id, code, signal });
    };
    child.on("message", (message: FromWorker) => {
      if (message.type === "ready" && this.#announced) this.tell(id, this.#announced);
      send({ type: "from-worker", id, message });
    });
    child.on("error", () => {
      if (child.pid === undefined) exited(null, null);
    });
    child.on("exit", (code, signal) => {
      // The exit may be seen before the last messages. The channel's end comes after them.
      if (!child.connected) return exited(code, signal);
      const timer = setTimeout(() => exited(code, signal), LAST_WORDS_MS);
      child.once("disconnect", () => {
        clearTimeout(timer);
        exited(code, signal);
      });
    });
    if (child.pid !== undefined) send({ type: "spawned", id, pid: child.pid });
  }

  tell(id: string, message: ToWorker): void {
    const child = this.#children.get(id);
    // A channel that has just closed is no error: the worker then drains by itself.
    if (child?.connected) child.send(message, () => {});
  }

  /** Tells all of them. A worker that becomes ready later is told the last of it. */
  announce(message: ToWorker): void {
    this.#announced = message;
    for (const id of this.#children.keys()) this.tell(id, message);
  }

  /** KILL also reaches every process below the worker. */
  kill(id: string, signal: "SIGABRT" | "SIGKILL"): void {
    const child = this.#children.get(id);
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    if (signal === "SIGKILL") killTree(child.pid);
    else child.kill(signal);
  }
}
