/**
 * The running supervisor: the pure function of transition.ts, a mailbox before it, and its effects, carried out here. A
 * long effect is started and reports back by a message, so that a stop can always overtake it.
 */
import { assertNever } from "../../src/core/assert-never.js";
import { after } from "../../src/core/timer.js";
import { type Logger, storeTrouble } from "../../src/observe/log.js";
import { supervisorNote } from "../../src/observe/supervisor-log.js";
import type { ProcessState, Store } from "../../src/store/contract/store.js";
import { type Effect, idleWorkers, type Message, type SupervisorState } from "../pure/state.js";
import { supervisor } from "../pure/transition.js";
import type { GapWatch } from "./gap-watch.js";
import { Mailbox } from "./mailbox.js";
import type { Notifier } from "./notify.js";
import type { Reaper } from "./reaper.js";
import type { WorkerProcesses } from "./worker-processes.js";

export interface ActorDependencies {
  readonly log: Logger;
  readonly store: Store;
  readonly pool: Pick<WorkerProcesses, "spawn" | "tell" | "kill">;
  readonly reaper: Pick<Reaper, "sweep" | "reclaimWorker">;
  readonly gaps: Pick<GapWatch, "look">;
  readonly queues: readonly string[] | null;
  /** The current value; the configuration may change while we run. */
  readonly graceMs: () => Promise<number>;
  readonly reopenLog: () => void;
  readonly notifier: Pick<Notifier, "turned" | "stopping">;
  readonly onReady: (pids: readonly number[]) => void;
  readonly onRan: (jobs: number) => void;
  readonly onScaled: (workers: number) => void;
  /** Makes sure that the PID file exists and is ours. */
  readonly keepNamed: () => Promise<void>;
}

export class Actor {
  /** Resolves to the exit code when the supervisor is done. */
  readonly exit: Promise<number>;
  #state: SupervisorState;
  readonly #deps: ActorDependencies;
  readonly #mailbox: Mailbox<Message>;
  /** Functions that cancel the running timers. */
  readonly #timers = new Set<() => void>();
  #resolveExit: (code: number) => void = () => {};
  #sweeping = false;
  /** Version of the store before the last complete look at it. Null: there was none. */
  #seen: unknown = null;
  #checking = false;

  constructor(initial: SupervisorState, deps: ActorDependencies) {
    this.#state = initial;
    this.#deps = deps;
    this.#mailbox = new Mailbox((message) => this.#step(message));
    this.exit = new Promise((resolve) => {
      this.#resolveExit = resolve;
    });
  }

  readonly send = (message: Message): void => this.#mailbox.send(message);

  #step(message: Message): void {
    const now = this.#deps.store.clock.monotonic();
    this.#deps.gaps.look();
    const [state, effects] = supervisor(this.#state, message, now);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    this.#deps.notifier.turned(now);
  }

  #perform(effect: Effect): void {
    const { pool, log, store } = this.#deps;
    switch (effect.type) {
      case "spawn":
        return pool.spawn(effect, this.send);
      case "tell":
        return pool.tell(effect.id, effect.message);
      case "kill":
        return pool.kill(effect.id, effect.signal);
      case "reclaim":
        return void this.#reclaim(effect);
      case "timer":
        return this.#startTimer(effect.ms * (1 + effect.jitter * Math.random()), effect.message);
      case "sweep-store":
        return void this.#sweepStore();
      case "check-remaining":
        return void this.#checkRemaining();
      case "announce-ready":
        return this.#deps.onReady(effect.pids);
      case "reopen-log":
        return this.#deps.reopenLog();
      case "publish":
        if (effect.state === "draining") this.#deps.notifier.stopping();
        return void store.processes
          .heartbeat([{ id: this.#state.id, state: effect.state, ageMs: 0 }])
          .catch((error) => storeTrouble(log, "writing the supervisor's state", error));
      case "note":
        if (effect.note.kind === "ran") this.#deps.onRan(effect.note.jobs);
        if (effect.note.kind === "scaled") this.#deps.onScaled(effect.note.to);
        return supervisorNote(log, effect.note);
      case "exit":
        for (const cancel of this.#timers) cancel();
        return this.#resolveExit(effect.code);
      default:
        return assertNever(effect);
    }
  }

  #startTimer(ms: number, message: Message): void {
    const cancel = after(ms, () => {
      this.#timers.delete(cancel);
      this.send(message);
    });
    this.#timers.add(cancel);
  }

  /** A failure here is not final: every second the sweep finds the leases of dead workers again. */
  async #reclaim({ id, charged, why }: Extract<Effect, { type: "reclaim" }>): Promise<void> {
    let interrupted = 0;
    try {
      const reclaimed = await this.#deps.reaper.reclaimWorker(id, charged, why);
      interrupted = charged ? 0 : reclaimed;
    } catch (error) {
      storeTrouble(this.#deps.log, `taking back the jobs of worker ${id}`, error);
    }
    this.send({ type: "reclaimed", interrupted });
  }

  async #sweepStore(): Promise<void> {
    if (this.#sweeping) return;
    this.#sweeping = true;
    const { store, reaper, keepNamed } = this.#deps;
    try {
      if (await store.isReplaced()) return this.send({ type: "database-replaced" });
      const version = await store.version();
      const changed = version === null || version !== this.#seen;
      const count = await reaper.sweep(this.#published(), { changed, idle: idleWorkers(this.#state) });
      const isAwaited = this.#state.members.some(({ heldBack }) => heldBack);
      if (isAwaited || count !== this.#state.others) this.send({ type: "others", count });
      await keepNamed();
      if (changed) {
        await this.#readRequests();
        await store.tidy();
      }
      this.#seen = version;
    } catch (error) {
      storeTrouble(this.#deps.log, "looking for abandoned jobs", error);
    } finally {
      this.#sweeping = false;
    }
  }

  #published(): ProcessState {
    const { phase, degradedSince } = this.#state;
    if (phase === "starting") return "starting";
    return degradedSince === null ? "running" : "degraded";
  }

  /** What others have written for us: commands and the configuration. */
  async #readRequests(): Promise<void> {
    for (const command of await this.#deps.store.processes.takeCommands(this.#state.id)) {
      this.send(command.kind === "scale" ? { type: "scale", workers: command.workers } : { type: "restart" });
    }
    const graceMs = await this.#deps.graceMs();
    if (graceMs !== this.#state.graceMs) this.send({ type: "grace-changed", graceMs });
  }

  async #checkRemaining(): Promise<void> {
    if (this.#checking) return;
    this.#checking = true;
    try {
      const remains = await this.#deps.store.leases.workRemains(this.#deps.queues);
      if (!remains) this.send({ type: "nothing-remains" });
    } catch (error) {
      storeTrouble(this.#deps.log, "looking for remaining jobs", error);
    } finally {
      this.#checking = false;
    }
  }
}
