/**
 * A worker that makes room for a new one (--max-jobs, --max-rss) runs its last jobs for as long as they take. As soon as it has a
 * slot free, its member is handed over: a new worker gets the slots that are free, and more as the old one's jobs end. So no slot
 * stands empty for a long job, and never do more jobs run at once than were asked for. The old worker stays in a member that is
 * surplus, and goes with it.
 *
 * In each member one worker at a time makes room for another: the next one waits until the one before it has left.
 */
import { fill } from "./spawn.js";
import {
  type Effect,
  isStopping,
  keptMembers,
  type Member,
  newMember,
  nextIndex,
  predecessor,
  type Step,
  type SupervisorState,
  slotsOf,
  withMember,
  withWorker,
} from "./state.js";

/** To be asked after every message. */
export function relieve(state: SupervisorState, now: number): Step {
  if (isStopping(state) || state.mode === "once") return [state, []];
  let next = state;
  const effects: Effect[] = [];
  for (const member of keptMembers(state).filter((one) => isToBeRelieved(state, one))) {
    const [handedOver, spawn] = handOver(next, member, now);
    next = handedOver;
    effects.push(...spawn);
  }
  const [shared, tells] = shareSlots(next);
  return [shared, [...effects, ...tells]];
}

/** A degraded pool tries one worker at a time. */
function isToBeRelieved(state: SupervisorState, member: Member): boolean {
  const { worker } = member;
  if (!worker?.makesRoom || worker.finished || state.degradedSince !== null) return false;
  return worker.running < state.slots && predecessor(state, member) === undefined;
}

function handOver(state: SupervisorState, member: Member, now: number): Step {
  const index = nextIndex(state);
  const { worker, restarts, failures } = member;
  const old = { ...member, surplus: true, worker: worker && { ...worker, leaving: true } };
  const successor = { ...newMember(index), restarts, failures, follows: member.index };
  const { members } = withMember(state, old);
  return fill({ ...state, members: [...members, successor] }, index, now);
}

function shareSlots(state: SupervisorState): Step {
  let next = state;
  const effects: Effect[] = [];
  for (const member of state.members) {
    const slots = slotsOf(state, member);
    if (!member.worker || member.worker.slots === slots) continue;
    next = withWorker(next, member.worker.id, { slots });
    effects.push({ type: "tell", id: member.worker.id, message: { type: "slots", slots } });
  }
  return [next, effects];
}
