/**
 * Replaces every worker by a new one, one after another, so that the pool keeps working. A worker is told to finish its
 * jobs and leave. Its member gets a new worker, as after any announced exit. When the new worker is ready, the next one
 * is told. Idle workers come first. A worker that crashed in the meantime has been replaced already.
 */
import { type Effect, isStopping, keptMembers, type Step, type SupervisorState, withWorker } from "./state.js";

export function restartAll(state: SupervisorState): Step {
  const ids = keptMembers(state).flatMap(({ worker }) => (worker ? [worker.id] : []));
  if (isStopping(state) || state.mode === "once" || ids.length === 0) return [state, []];
  return [{ ...state, restarting: ids }, [{ type: "note", note: { kind: "restarting", workers: ids.length } }]];
}

/** The next step of a restart, if one is under way and its turn has come. Called after every message. */
export function restartNext(state: SupervisorState): Step {
  if (state.restarting.length === 0) return [state, []];
  if (isStopping(state)) return [{ ...state, restarting: [] }, []];
  const members = keptMembers(state).filter(({ heldBack }) => !heldBack);
  const old = members.flatMap(({ worker }) => (worker && state.restarting.includes(worker.id) ? [worker] : []));
  const restarting = old.map(({ id }) => id);
  if (old.length === 0) return [{ ...state, restarting: [] }, [{ type: "note", note: { kind: "restarted" } }]];
  const settled = members.every(({ worker }) => worker !== null && worker.readyAt !== null && !worker.leaving);
  const [next] = [...old].sort((a, b) => a.running - b.running);
  if (!settled || next === undefined) return [{ ...state, restarting }, []];
  const drain: Effect = { type: "tell", id: next.id, message: { type: "drain" } };
  return [withWorker({ ...state, restarting }, next.id, { leaving: true }), [drain]];
}
