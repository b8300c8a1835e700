/** Puts workers into empty places of the pool. */
import { type Effect, isStopping, liveWorkers, type Step, type SupervisorState, slotsOf, withPlace } from "./state.js";

/**
 * Nothing happens if the place is taken, or if the supervisor is about to leave. While workers of a former supervisor
 * finish their jobs there must not be more than the pool is meant to have, so the place is held back then.
 */
export function fill(state: SupervisorState, index: number, now: number): Step {
  const place = state.places.find((candidate) => candidate.index === index);
  if (!place || place.worker || isStopping(state)) return [state, []];
  if (liveWorkers(state).length + state.others >= state.places.length) {
    return [withPlace(state, { ...place, heldBack: true }), []];
  }
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
    slots: slotsOf(state, place),
    silence: "none",
    makesRoom: false,
    leaving: false,
    finished: false,
  } as const;
  return [
    withPlace({ ...state, spawned }, { ...place, worker, heldBack: false }),
    [{ type: "spawn", id, index, restarts: place.restarts, slots: worker.slots }],
  ];
}

export function fillAll(state: SupervisorState, indexes: readonly number[], now: number): Step {
  let next = state;
  const effects: Effect[] = [];
  for (const index of indexes) {
    const [filled, spawn] = fill(next, index, now);
    next = filled;
    effects.push(...spawn);
  }
  return [next, effects];
}

/** Some of the others may have left: the places that were held back for them are filled. */
export function countOthers(state: SupervisorState, others: number, now: number): Step {
  const waiting = state.places.filter(({ heldBack }) => heldBack).map(({ index }) => index);
  return fillAll({ ...state, others }, waiting, now);
}
