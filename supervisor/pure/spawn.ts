/** Puts workers into empty members of the pool. */
import { type Effect, isStopping, liveWorkers, type Step, type SupervisorState, slotsOf, withMember } from "./state.js";

/**
 * Does nothing if the member has a worker or the supervisor is stopping. While workers of a previous supervisor still
 * run jobs, some members are held back, so that no more workers run than the pool has members.
 */
export function spawn(state: SupervisorState, index: number, now: number): Step {
  const member = state.members.find((candidate) => candidate.index === index);
  if (!member || member.worker || isStopping(state)) return [state, []];
  if (liveWorkers(state).length + state.others >= state.members.length) {
    return [withMember(state, { ...member, heldBack: true }), []];
  }
  const spawned = state.spawned + 1;
  // Worker ids are built on the supervisor's own, which is random. So they are never used twice.
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

export function spawnAll(state: SupervisorState, indexes: readonly number[], now: number): Step {
  let next = state;
  const effects: Effect[] = [];
  for (const index of indexes) {
    const [filled, spawned] = spawn(next, index, now);
    next = filled;
    effects.push(...spawned);
  }
  return [next, effects];
}

/** Workers of the previous supervisor may have left, so members that were held back get workers. */
export function countOthers(state: SupervisorState, others: number, now: number): Step {
  const waiting = state.members.filter(({ heldBack }) => heldBack).map(({ index }) => index);
  return spawnAll({ ...state, others }, waiting, now);
}
