/**
 * Handles the exit of a worker. Its jobs are taken back at once, since the exit was seen. Then its member gets a new
 * worker, unless the exit was announced, the worker cannot be configured, or the supervisor is stopping.
 */
import { WORKER_EXIT } from "../../src/worker/protocol.js";
import {
  failuresAfter,
  isStorm,
  judgeDeath,
  PROBE_EVERY_MS,
  RESTART_JITTER,
  recordCrash,
  restartDelay,
  SHORTAGE_RETRY_MS,
  toleratesKill,
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
  if (finished) return leftAsAnnounced(vacated, member);

  const how = exit.signal ? `was killed by ${exit.signal}` : `exited with code ${exit.code}`;
  // If we killed the worker to shut down, its jobs are not at fault.
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
  if (exit.code === WORKER_EXIT.shortage && readyAt === null)
    return tryLater(reclaiming, member, exit.id, how, [reclaim]);
  const death = judgeDeath(member.worker, exit.signal, now);
  return scheduleRestart(reclaiming, member, { id: exit.id, how, death }, [reclaim], now);
}

/**
 * In once mode the worker's exit ends the supervisor. A worker that made room, or that was told to drain, is replaced;
 * that does not count as a restart after a crash.
 */
function leftAsAnnounced(state: SupervisorState, member: Member): Step {
  if (isStopping(state)) return exitIfDone(state);
  if (member.surplus) return [state, []];
  if (state.mode === "once") return stop(state, "graceful");
  return [state, [{ type: "timer", ms: 0, jitter: 0, message: { type: "restart-due", index: member.index } }]];
}

/** A shortage is no crash: however long it lasts, the pool neither degrades nor gives up. */
function tryLater(state: SupervisorState, member: Member, id: string, how: string, effects: Effect[]): Step {
  const next = withMember(state, { ...member, worker: null, restarts: member.restarts + 1 });
  const message = { type: "restart-due", index: member.index } as const;
  const timer: Effect = { type: "timer", ms: SHORTAGE_RETRY_MS, jitter: RESTART_JITTER, message };
  return [next, [...effects, died(id, how, SHORTAGE_RETRY_MS), timer]];
}

interface Death {
  readonly id: string;
  readonly how: string;
  readonly death: ReturnType<typeof judgeDeath>;
}

function scheduleRestart(
  state: SupervisorState,
  member: Member,
  { id, how, death }: Death,
  effects: Effect[],
  now: number,
): Step {
  const crashes = death === "blameless" ? state.crashes : recordCrash(state.crashes, now);
  const isFailure = death === "crash" || (death === "tolerated" && !toleratesKill(crashes));
  const failures = isFailure ? failuresAfter(member, now) : member.failures;
  const storm = state.degradedSince === null && isStorm(crashes);
  const degradedSince = storm ? now : state.degradedSince;
  const next = withMember(
    { ...state, crashes, degradedSince },
    { ...member, worker: null, failures, restarts: member.restarts + 1 },
  );

  // A degraded pool tries only one member now and then. The sweep fills the others when a worker has proved healthy.
  const probe = degradedSince !== null;
  const waits = probe && !isProbe(next, member.index);
  const delay = probe ? PROBE_EVERY_MS : isFailure ? restartDelay(failures) : 0;
  const timer: Effect[] = waits
    ? []
    : [{ type: "timer", ms: delay, jitter: RESTART_JITTER, message: { type: "restart-due", index: member.index } }];
  const alarm: Effect[] = storm
    ? [
        { type: "publish", state: "degraded" },
        { type: "note", note: { kind: "degraded", crashes: crashes.length } },
      ]
    : [];
  return [next, [...effects, died(id, how, waits ? null : delay), ...alarm, ...timer]];
}

/** The first empty member probes. Members that are held back are skipped, since otherwise none would be tried. */
function isProbe(state: SupervisorState, index: number): boolean {
  return state.members.find(({ worker, heldBack }) => worker === null && !heldBack)?.index === index;
}

function died(id: string, how: string, nextInMs: number | null): Effect {
  return { type: "note", note: { kind: "worker-died", id, how, nextInMs } };
}
