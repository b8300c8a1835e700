/**
 * The supervisor's beat, once a second. It looks for silent workers and for workers that never became ready, and
 * decides whether a degraded pool has recovered or gives up. It also has the store searched for leases without a living
 * owner.
 */

import { DEGRADED_LIMIT_MS, GAVE_UP_EXIT_CODE, PROBE_EVERY_MS } from "./restart-intensity.js";
import { stop } from "./shutdown.js";
import { spawnAll } from "./spawn.js";
import {
  type Effect,
  isStopping,
  liveWorkers,
  type Step,
  type SupervisorState,
  type WorkerState,
  withWorker,
} from "./state.js";
import { checkRemaining } from "./worker-message.js";

export const SWEEP_MS = 1000;
const WARN_AFTER_MS = 5000;
/** SIGABRT comes first, so that Node can leave a report of where the worker hangs. */
const ABORT_AFTER_MS = 10_000;
const KILL_AFTER_MS = 12_000;
/** A starting worker opens a database that may be locked for a while. */
const READY_WITHIN_MS = 45_000;
/** After a gap this long we were frozen or the host was suspended, and perhaps the workers with us. */
export const GAP_MS = 4 * SWEEP_MS;

export function sweep(state: SupervisorState, now: number): Step {
  if (state.phase === "done") return [state, []];
  const effects: Effect[] = [{ type: "timer", ms: SWEEP_MS, jitter: 0, message: { type: "sweep" } }];
  if (!isStopping(state)) effects.push({ type: "sweep-store" });
  const slept = now - state.sweptAt > GAP_MS;
  let next: SupervisorState = { ...state, sweptAt: now };
  for (const worker of liveWorkers(next)) {
    const [judged, more] = slept ? [{ heardAt: now }, []] : judgeSilence(worker, now);
    next = withWorker(next, worker.id, judged);
    effects.push(...more);
  }
  const [checked, check] = checkRemaining(next);
  return judgeDegraded(checked, [...effects, ...check], now);
}

type Judgement = [Partial<WorkerState>, Effect[]];

function judgeSilence(worker: WorkerState, now: number): Judgement {
  const silentMs = now - worker.heardAt;
  if (worker.finished) return [{}, []];
  if (worker.readyAt === null) {
    return silentMs > READY_WITHIN_MS && worker.silence !== "killed" ? kill(worker, silentMs, "SIGKILL") : [{}, []];
  }
  if (silentMs >= KILL_AFTER_MS && worker.silence !== "killed") return kill(worker, silentMs, "SIGKILL");
  if (silentMs >= ABORT_AFTER_MS && worker.silence !== "aborted" && worker.silence !== "killed") {
    return kill(worker, silentMs, "SIGABRT");
  }
  if (silentMs >= WARN_AFTER_MS && worker.silence === "none") {
    return [{ silence: "warned" }, [silent(worker, silentMs, "waiting")]];
  }
  return [{}, []];
}

function kill(worker: WorkerState, silentMs: number, signal: "SIGABRT" | "SIGKILL"): Judgement {
  const silence = signal === "SIGKILL" ? "killed" : "aborted";
  return [{ silence }, [silent(worker, silentMs, `sending ${signal}`), { type: "kill", id: worker.id, signal }]];
}

function silent(worker: WorkerState, silentMs: number, action: string): Effect {
  return { type: "note", note: { kind: "worker-silent", id: worker.id, silentMs, action } };
}

/** One worker that outlives a probe's interval shows that the trouble is over. */
function judgeDegraded(state: SupervisorState, effects: Effect[], now: number): Step {
  if (state.degradedSince === null || isStopping(state)) return [state, effects];
  const healthy = liveWorkers(state).some(({ readyAt }) => readyAt !== null && now - readyAt >= PROBE_EVERY_MS);
  if (healthy) {
    const recovered: SupervisorState = { ...state, degradedSince: null, crashes: [] };
    const indexes = state.members.map(({ index }) => index);
    const [next, spawns] = spawnAll(recovered, indexes, now);
    const news: Effect[] = [
      { type: "publish", state: "running" },
      { type: "note", note: { kind: "recovered" } },
    ];
    return [next, [...effects, ...news, ...spawns]];
  }
  if (now - state.degradedSince < DEGRADED_LIMIT_MS) return [state, effects];
  return stop({ ...state, exitCode: GAVE_UP_EXIT_CODE }, "graceful", effects);
}
