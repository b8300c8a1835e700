/**
 * The pool's size while it runs. It grows by new places; it shrinks by places whose workers are told to finish what they run
 * and leave, and which go with them. A worker that is leaving cannot be called back, so one that is wanted after all is new.
 */
import { MOST_WORKERS } from "../../src/config/config.js";
import { fillAll } from "./spawn.js";
import {
  type Effect,
  isStopping,
  keptPlaces,
  newPlace,
  nextIndex,
  type Place,
  type Step,
  type SupervisorState,
  withoutPlace,
  withPlace,
} from "./state.js";
import { announceIfComplete } from "./worker-message.js";

export function scale(state: SupervisorState, workers: number, now: number): Step {
  const places = keptPlaces(state).length;
  const wanted = Math.min(Math.max(workers, 1), MOST_WORKERS);
  const fixed = isStopping(state) || state.mode === "once" || places === 0;
  if (fixed || wanted === places) return [state, []];
  const note: Effect = { type: "note", note: { kind: "scaled", from: places, to: wanted } };
  const [next, effects] = wanted > places ? grow(state, wanted - places, now) : shrink(state, places - wanted);
  return [next, [note, ...effects]];
}

export function scaleBy(state: SupervisorState, change: number, now: number): Step {
  return scale(state, keptPlaces(state).length + change, now);
}

function grow(state: SupervisorState, count: number, now: number): Step {
  const first = nextIndex(state);
  const added = Array.from({ length: count }, (_, n) => newPlace(first + n));
  const grown = { ...state, places: [...state.places, ...added] };
  // A degraded pool tries one worker at a time; its empty places are filled when it has recovered.
  if (state.degradedSince !== null) return [grown, []];
  return fillAll(
    grown,
    added.map(({ index }) => index),
    now,
  );
}

function shrink(state: SupervisorState, count: number): Step {
  const surplus = [...keptPlaces(state)].sort((a, b) => burden(a) - burden(b) || b.index - a.index).slice(0, count);
  let next = state;
  const effects: Effect[] = [];
  for (const place of surplus) {
    const { worker } = place;
    if (worker === null) next = withoutPlace(next, place);
    else {
      next = withPlace(next, { ...place, surplus: true, worker: { ...worker, leaving: true } });
      effects.push({ type: "tell", id: worker.id, message: { type: "drain" } });
    }
  }
  const [announced, announcement] = announceIfComplete(next);
  return [announced, [...effects, ...announcement]];
}

/** What it costs that this place goes: those go first whose worker has least to do. */
function burden({ worker }: Place): number {
  if (worker === null) return -2;
  return worker.readyAt === null || worker.leaving || worker.makesRoom ? -1 : worker.running;
}
