/** Handles a worker's message. Any message is a sign of life. */
import { assertNever } from "../../src/core/assert-never.js";
import type { FromWorker } from "../../src/worker/protocol.js";
import {
  type Effect,
  isStopping,
  keptMembers,
  liveWorkers,
  type Step,
  type SupervisorState,
  withWorker,
} from "./state.js";

export function receive(state: SupervisorState, id: string, message: FromWorker, now: number): Step {
  // A message can outlive its worker.
  if (!liveWorkers(state).some((worker) => worker.id === id)) return [state, []];
  const alive = withWorker(state, id, { heardAt: now, silence: "none" });
  switch (message.type) {
    case "ready":
      return announceIfComplete(withWorker(alive, id, { readyAt: now }));
    case "heartbeat":
      return [withWorker(alive, id, { running: message.running }), []];
    case "idle":
      return checkRemaining(withWorker(alive, id, { running: 0 }));
    case "leaving": {
      const { running, why } = message;
      const note: Effect = { type: "note", note: { kind: "worker-recycled", id, why } };
      return [withWorker(alive, id, { makesRoom: true, running }), isStopping(state) ? [] : [note]];
    }
    case "finished": {
      const finished = withWorker(alive, id, { finished: true, running: 0 });
      // If the worker was stopped before it could look, it does not know whether a job was due.
      const known = message.ran > 0 || state.phase === "running";
      const ran: Effect = { type: "note", note: { kind: "ran", jobs: message.ran } };
      const effects = state.mode === "once" && known ? [ran] : [];
      return [{ ...finished, interrupted: finished.interrupted + message.interrupted }, effects];
    }
    default:
      return assertNever(message);
  }
}

/** The start has succeeded once every member that is not held back has a ready worker. */
export function announceIfComplete(state: SupervisorState): Step {
  const wanted = keptMembers(state).filter(({ heldBack }) => !heldBack);
  const workers = wanted.flatMap(({ worker }) => (worker ? [worker] : []));
  const complete = workers.length === wanted.length && workers.every((worker) => worker.readyAt !== null);
  if (state.phase !== "starting" || !complete) return [state, []];
  const pids = workers.flatMap(({ pid }) => (pid === null ? [] : [pid]));
  return [
    { ...state, phase: "running" },
    [
      { type: "publish", state: "running" },
      { type: "announce-ready", pids },
    ],
  ];
}

/** If every worker is idle, a drain may be over; only the store can tell. */
export function checkRemaining(state: SupervisorState): Step {
  const allIdle = liveWorkers(state).every(({ running }) => running === 0);
  const wanted = state.mode === "drain" && state.phase === "running" && allIdle;
  return [state, wanted ? [{ type: "check-remaining" }] : []];
}
