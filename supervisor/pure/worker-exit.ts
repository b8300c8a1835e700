/**
 * A worker has exited. Whatever it held is taken back at once, since its exit was seen; then its member is filled again,
 * unless it said good-bye, cannot be configured, or the supervisor is leaving itself.
 */
import { WORKER_EXIT } from "../../src/worker/protocol.js";
import {
  failuresAfter,
  isStorm,
  PROBE_EVERY_MS,
  RESPAWN_JITTER,
  recordDeath,
  respawnDelay,
} from "./restart-intensity.js";
import { exitIfDone, stop } from "./shutdown.js";
import {
  type Effect,
  isStopping,
  type Member,
  type Step,
  type SupervisorState,
  withMember,
  withoutMember,
} from "./state.js";

interface Exit {
  readonly id: string;
  readonly code: number | null;
  readonly signal: string | null;
}

export function workerExited(state: SupervisorState, exit: Exit, now: number): Step {
  const member = state.members.find(({ worker }) => worker?.id === exit.id);
  if (!member?.worker) return [state, []];
  const { finished, readyAt } = member.worker;
  const vacated = member.surplus ? withoutMember(state, member) : withMember(state, { ...member, worker: null });
  if (finished) return leftInPeace(vacated, member);

  const how = exit.signal ? `was killed by ${exit.signal}` : `exited with code ${exit.code}`;
  // What we killed ourselves to shut down is not the fault of its jobs.
  const charged = state.phase !== "killing";
  const reclaim: Effect = { type: "reclaim", id: exit.id, charged, why: `its worker ${how}` };
  const reclaiming = { ...vacated, reclaiming: vacated.reclaiming + 1 };
  if (isStopping(state)) return exitIfDone(reclaiming, [reclaim]);

  const unusable = exit.code === WORKER_EXIT.unusable && readyAt === null;
  if (unusable) {
    return stop({ ...reclaiming, exitCode: WORKER_EXIT.unusable }, "graceful", [
      { type: "note", note: { kind: "worker-unusable", id: exit.id } },
      reclaim,
    ]);
  }
  if (state.mode === "once")
    return stop({ ...reclaiming, exitCode: 1 }, "graceful", [died(exit.id, how, null), reclaim]);
  if (member.surplus) return [reclaiming, [reclaim, died(exit.id, how, null)]];
  return refill(reclaiming, member, exit.id, how, [reclaim], now);
}

/**
 * In once mode the worker's end is ours. One that made room, or that somebody told to drain, is replaced; that is no restart
 * to be alarmed at.
 */
function leftInPeace(state: SupervisorState, member: Member): Step {
  if (isStopping(state)) return exitIfDone(state);
  if (member.surplus) return [state, []];
  if (state.mode === "once") return stop(state, "graceful");
  return [state, [{ type: "timer", ms: 0, jitter: 0, message: { type: "respawn-due", index: member.index } }]];
}

function refill(state: SupervisorState, member: Member, id: string, how: string, effects: Effect[], now: number): Step {
  const failures = failuresAfter(member, now);
  const deaths = recordDeath(state.deaths, now);
  const storm = state.degradedSince === null && isStorm(deaths);
  const degradedSince = storm ? now : state.degradedSince;
  const next = withMember(
    { ...state, deaths, degradedSince },
    { ...member, worker: null, failures, restarts: member.restarts + 1 },
  );

  // While degraded only one member is tried, now and then; sweeping fills the others when a worker has proved healthy.
  const probe = degradedSince !== null;
  const waits = probe && !isProbe(next, member.index);
  const delay = probe ? PROBE_EVERY_MS : respawnDelay(failures);
  const timer: Effect[] = waits
    ? []
    : [{ type: "timer", ms: delay, jitter: RESPAWN_JITTER, message: { type: "respawn-due", index: member.index } }];
  const alarm: Effect[] = storm
    ? [
        { type: "publish", state: "degraded" },
        { type: "note", note: { kind: "degraded", deaths: deaths.length } },
      ]
    : [];
  return [next, [...effects, died(id, how, waits ? null : delay), ...alarm, ...timer]];
}

/** The first empty member is the one that probes; not one that is kept empty, since nobody would be tried then. */
function isProbe(state: SupervisorState, index: number): boolean {
  return state.members.find(({ worker, heldBack }) => worker === null && !heldBack)?.index === index;
}

function died(id: string, how: string, nextInMs: number | null): Effect {
  return { type: "note", note: { kind: "worker-died", id, how, nextInMs } };
}
