/** Puts a worker into an empty place of the pool. */
import { isStopping, type Step, type SupervisorState, withPlace } from "./state.js";

/** Nothing happens if the place is taken, or if the supervisor is about to leave. */
export function fill(state: SupervisorState, index: number, now: number): Step {
  const place = state.places.find((candidate) => candidate.index === index);
  if (!place || place.worker || isStopping(state)) return [state, []];
  const spawned = state.spawned + 1;
  // Ids of workers follow from the supervisor's own, which is random: they are never used twice.
  const id = `${state.id}.${spawned}`;
  const worker = {
    id,
    pid: null,
    spawnedAt: now,
    readyAt: null,
    heardAt: now,
    running: 0,
    silence: "none",
    finished: false,
  } as const;
  return [
    withPlace({ ...state, spawned }, { ...place, worker }),
    [{ type: "spawn", id, index, restarts: place.restarts }],
  ];
}
