/**
 * Changes the size of the running pool. It grows by new members. It shrinks by surplus members: their workers are told
 * to finish their jobs and leave, and the members go with them. A leaving worker cannot be called back, so growing
 * again takes a new one.
 */
import { MOST_WORKERS } from "../../src/config/config.js";
import { spawnAll } from "./spawn.js";
import {
  type Effect,
  isStopping,
  keptMembers,
  type Member,
  newMember,
  nextIndex,
  type Step,
  type SupervisorState,
  withMember,
  withoutMember,
} from "./state.js";
import { announceIfComplete } from "./worker-message.js";

export function scale(state: SupervisorState, workers: number, now: number): Step {
  const members = keptMembers(state).length;
  const wanted = Math.min(Math.max(workers, 1), MOST_WORKERS);
  const fixed = isStopping(state) || state.mode === "once" || members === 0;
  if (fixed || wanted === members) return [state, []];
  const note: Effect = { type: "note", note: { kind: "scaled", from: members, to: wanted } };
  const [next, effects] = wanted > members ? grow(state, wanted - members, now) : shrink(state, members - wanted);
  return [next, [note, ...effects]];
}

export function scaleBy(state: SupervisorState, change: number, now: number): Step {
  return scale(state, keptMembers(state).length + change, now);
}

function grow(state: SupervisorState, count: number, now: number): Step {
  const first = nextIndex(state);
  const added = Array.from({ length: count }, (_, n) => newMember(first + n));
  const grown = { ...state, members: [...state.members, ...added] };
  // A degraded pool tries one worker at a time. Its empty members get workers when it has recovered.
  if (state.degradedSince !== null) return [grown, []];
  return spawnAll(
    grown,
    added.map(({ index }) => index),
    now,
  );
}

function shrink(state: SupervisorState, count: number): Step {
  const surplus = [...keptMembers(state)].sort((a, b) => burden(a) - burden(b) || b.index - a.index).slice(0, count);
  let next = state;
  const effects: Effect[] = [];
  for (const member of surplus) {
    const { worker } = member;
    if (worker === null) next = withoutMember(next, member);
    else {
      next = withMember(next, { ...member, surplus: true, worker: { ...worker, leaving: true } });
      effects.push({ type: "tell", id: worker.id, message: { type: "drain" } });
    }
  }
  const [announced, announcement] = announceIfComplete(next);
  return [announced, [...effects, ...announcement]];
}

/** What removing this member costs. The members with the least work go first. */
function burden({ worker }: Member): number {
  if (worker === null) return -2;
  return worker.readyAt === null || worker.leaving || worker.makesRoom ? -1 : worker.running;
}
