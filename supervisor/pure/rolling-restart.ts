/**
 * Replaces every worker by a new one, one after another, so that the pool goes on working meanwhile: a worker is told to finish
 * what it runs and leave, its member is filled as after any good-bye, and when the new one is ready the next is told. Idle ones
 * come first. Whoever has died in the meantime is new already.
 */
import { type Effect, isStopping, keptMembers, type Step, type SupervisorState, withWorker } from "./state.js";

export function replaceAll(state: SupervisorState): Step {
  const ids = keptMembers(state).flatMap(({ worker }) => (worker ? [worker.id] : []));
  if (isStopping(state) || state.mode === "once" || ids.length === 0) return [state, []];
  return [{ ...state, replacing: ids }, [{ type: "note", note: { kind: "restarting", workers: ids.length } }]];
}

/** The next step of a restart, if there is one and its time has come. To be asked after every message. */
export function replaceNext(state: SupervisorState): Step {
  if (state.replacing.length === 0) return [state, []];
  if (isStopping(state)) return [{ ...state, replacing: [] }, []];
  const members = keptMembers(state).filter(({ heldBack }) => !heldBack);
  const old = members.flatMap(({ worker }) => (worker && state.replacing.includes(worker.id) ? [worker] : []));
  const replacing = old.map(({ id }) => id);
  if (old.length === 0) return [{ ...state, replacing: [] }, [{ type: "note", note: { kind: "restarted" } }]];
  const settled = members.every(({ worker }) => worker !== null && worker.readyAt !== null && !worker.leaving);
  const [next] = [...old].sort((a, b) => a.running - b.running);
  if (!settled || next === undefined) return [{ ...state, replacing }, []];
  const drain: Effect = { type: "tell", id: next.id, message: { type: "drain" } };
  return [withWorker({ ...state, replacing }, next.id, { leaving: true }), [drain]];
}
