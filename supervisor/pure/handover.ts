/**
 * A worker that makes room for a new one (--max-jobs, --max-rss) runs its last jobs for as long as they take. As soon as it has a
 * slot free, its place is handed over: a new worker gets the slots that are free, and more as the old one's jobs end. So no slot
 * stands empty for a long job, and never do more jobs run at once than were asked for. The old worker stays in a place that is
 * surplus, and goes with it.
 *
 * In each place one worker at a time makes room for another: the next one waits until the one before it has left.
 */
import { fill } from "./spawn.js";
import {
  type Effect,
  isStopping,
  keptPlaces,
  newPlace,
  nextIndex,
  type Place,
  predecessor,
  type Step,
  type SupervisorState,
  slotsOf,
  withPlace,
  withWorker,
} from "./state.js";

/** To be asked after every message. */
export function relieve(state: SupervisorState, now: number): Step {
  if (isStopping(state) || state.mode === "once") return [state, []];
  let next = state;
  const effects: Effect[] = [];
  for (const place of keptPlaces(state).filter((one) => isToBeRelieved(state, one))) {
    const [handedOver, spawn] = handOver(next, place, now);
    next = handedOver;
    effects.push(...spawn);
  }
  const [shared, tells] = shareSlots(next);
  return [shared, [...effects, ...tells]];
}

/** A degraded pool tries one worker at a time. */
function isToBeRelieved(state: SupervisorState, place: Place): boolean {
  const { worker } = place;
  if (!worker?.makesRoom || worker.finished || state.degradedSince !== null) return false;
  return worker.running < state.slots && predecessor(state, place) === undefined;
}

function handOver(state: SupervisorState, place: Place, now: number): Step {
  const index = nextIndex(state);
  const { worker, restarts, failures } = place;
  const old = { ...place, surplus: true, worker: worker && { ...worker, leaving: true } };
  const successor = { ...newPlace(index), restarts, failures, follows: place.index };
  const { places } = withPlace(state, old);
  return fill({ ...state, places: [...places, successor] }, index, now);
}

function shareSlots(state: SupervisorState): Step {
  let next = state;
  const effects: Effect[] = [];
  for (const place of state.places) {
    const slots = slotsOf(state, place);
    if (!place.worker || place.worker.slots === slots) continue;
    next = withWorker(next, place.worker.id, { slots });
    effects.push({ type: "tell", id: place.worker.id, message: { type: "slots", slots } });
  }
  return [next, effects];
}
