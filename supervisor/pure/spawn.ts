/** Puts workers into empty members of the pool. */
import { type Effect, isStopping, liveWorkers, type Step, type SupervisorState, slotsOf, withMember } from "./state.js";

/**
 * Nothing happens if the member is taken, or if the supervisor is about to leave. While workers of a former supervisor
 * finish their jobs there must not be more than the pool is meant to have, so the member is held back then.
 */
export function fill(state: SupervisorState, index: number, now: number): Step {
  const member = state.members.find((candidate) => candidate.index === index);
  if (!member || member.worker || isStopping(state)) return [state, []];
  if (liveWorkers(state).length + state.others >= state.members.length) {
    return [withMember(state, { ...member, heldBack: true }), []];
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
    slots: slotsOf(state, member),
    silence: "none",
    makesRoom: false,
    leaving: false,
    finished: false,
  } as const;
  return [
    withMember({ ...state, spawned }, { ...member, worker, heldBack: false }),
    [{ type: "spawn", id, index, restarts: member.restarts, slots: worker.slots }],
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

/** Some of the others may have left: the members that were held back for them are filled. */
export function countOthers(state: SupervisorState, others: number, now: number): Step {
  const waiting = state.members.filter(({ heldBack }) => heldBack).map(({ index }) => index);
  return fillAll({ ...state, others }, waiting, now);
}
