/**
 * Drives the supervisor's pure function without processes: a world of imagined workers that a test moves. Whatever the
 * function wants done is collected; spawned workers get pids, timers fire when the test lets time pass.
 */
import type { FromWorker } from "../../../src/worker/protocol.js";
import type { Effect, Message, Mode, SupervisorState } from "../../../supervisor/pure/state.js";
import { initialState, supervisor } from "../../../supervisor/pure/transition.js";

export class Simulation {
  state: SupervisorState;
  now = 1_000_000;
  readonly effects: Effect[] = [];
  #timers: { at: number; message: Message }[] = [];
  #nextPid = 100;

  constructor(options: { mode?: Mode; graceMs?: number; slots?: number } = {}) {
    this.state = initialState({
      id: "sup",
      mode: options.mode ?? "run",
      graceMs: options.graceMs ?? 30_000,
      slots: options.slots ?? 1,
    });
  }

  send(message: Message): Effect[] {
    const [state, effects] = supervisor(this.state, message, this.now);
    this.state = state;
    this.effects.push(...effects);
    for (const effect of effects) {
      if (effect.type === "timer") this.#timers.push({ at: this.now + effect.ms, message: effect.message });
      if (effect.type === "spawn") this.send({ type: "spawned", id: effect.id, pid: this.#nextPid++ });
    }
    return [...effects];
  }

  say(id: string, message: FromWorker): Effect[] {
    return this.send({ type: "from-worker", id, message });
  }

  /** Starts a pool and makes every worker ready. */
  startReady(count: number): string[] {
    this.send({ type: "start", count, others: 0 });
    for (const id of this.alive) this.say(id, { type: "ready" });
    return this.alive;
  }

  die(id: string, how: { code?: number; signal?: string } = { signal: "SIGKILL" }): Effect[] {
    return this.send({ type: "exited", id, code: how.code ?? null, signal: how.signal ?? null });
  }

  /** Lets time pass, firing timers in order; `each` is called before every message. */
  pass(ms: number, each: () => void = () => {}): void {
    const end = this.now + ms;
    for (;;) {
      this.#timers.sort((a, b) => a.at - b.at);
      const next = this.#timers[0];
      if (!next || next.at > end) break;
      this.#timers.shift();
      this.now = next.at;
      each();
      this.send(next.message);
    }
    this.now = end;
  }

  /** Every worker that lives gives a sign of it. */
  heartbeats(): void {
    for (const id of this.alive) this.say(id, { type: "heartbeat", running: 0 });
  }

  get alive(): string[] {
    return this.state.members.flatMap(({ worker }) => (worker ? [worker.id] : []));
  }

  of<T extends Effect["type"]>(type: T): Extract<Effect, { type: T }>[] {
    return this.effects.filter((effect): effect is Extract<Effect, { type: T }> => effect.type === type);
  }
}
