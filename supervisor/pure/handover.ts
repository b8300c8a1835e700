/**
 * Hands the slots of a leaving worker (--max-jobs, --max-rss) over to its successor. The leaving worker runs its last
 * jobs for as long as they take. As soon as it has a free slot, a new member with a new worker gets that slot, and more
 * slots as the last jobs end. So no slot stays empty for a long job, and never do more jobs run at once than were asked
 * for. The old member is surplus and goes with its worker.
 *
 * A successor may leave only after its predecessor, so at most two workers share the slots of one member.
 */
import { spawn } from "./spawn.js";
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

/** Called after every message. */
export function handOver(state: SupervisorState, now: number): Step {
  if (isStopping(state) || state.mode === "once") return [state, []];
  let next = state;
  const effects: Effect[] = [];
  for (const member of keptMembers(state).filter((one) => isDueForHandover(state, one))) {
    const [handedOver, spawned] = handOverMember(next, member, now);
    next = handedOver;
    effects.push(...spawned);
  }
  const [shared, told] = shareSlots(next);
  return [shared, [...effects, ...told]];
}

/** A degraded pool tries one worker at a time, so it hands nothing over. */
function isDueForHandover(state: SupervisorState, member: Member): boolean {
  const { worker } = member;
  if (!worker?.makesRoom || worker.finished || state.degradedSince !== null) return false;
  return worker.running < state.slots && predecessor(state, member) === undefined;
}

function handOverMember(state: SupervisorState, member: Member, now: number): Step {
  const index = nextIndex(state);
  const { worker, restarts, failures } = member;
  const old = { ...member, surplus: true, worker: worker && { ...worker, leaving: true } };
  const successor = { ...newMember(index), restarts, failures, follows: member.index };
  const { members } = withMember(state, old);
  return spawn({ ...state, members: [...members, successor] }, index, now);
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
