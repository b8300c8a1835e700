/**
 * The supervisor as a pure function: what it knows and one message give what it knows next and what is to be done. No
 * clock, no timers, no I/O, so that a crash storm is a table in a test. The interpreter is in actor.ts.
 */
import { assertNever } from "../../src/core/assert-never.js";
import { EXIT } from "../../src/core/errors.js";
import { relieve } from "./handover.js";
import { replaceAll, replaceNext } from "./rolling-restart.js";
import { scale, scaleBy } from "./scale.js";
import { exitIfDone, patienceOver, stop } from "./shutdown.js";
import { countOthers, fill, fillAll } from "./spawn.js";
import {
  type Effect,
  initialState,
  isStopping,
  liveWorkers,
  type Message,
  newMember,
  type Step,
  type SupervisorState,
  type WorkerState,
  withWorker,
} from "./state.js";
import { sweep } from "./sweep.js";
import { workerExited } from "./worker-exit.js";
import { announceIfComplete, heard } from "./worker-message.js";

export { initialState };

export function supervisor(state: SupervisorState, message: Message, now: number): Step {
  const [next, effects] = react(state, message, now);
  const [relieved, relief] = relieve(next, now);
  const [replaced, replacement] = replaceNext(relieved);
  return [replaced, [...effects, ...relief, ...replacement]];
}

function react(state: SupervisorState, message: Message, now: number): Step {
  switch (message.type) {
    case "start":
      return start(state, message, now);
    case "others":
      return countOthers(state, message.count, now);
    case "spawned":
      return [withWorker(state, message.id, { pid: message.pid }), []];
    case "from-worker":
      return heard(state, message.id, message.message, now);
    case "exited":
      return workerExited(state, message, now);
    case "reclaimed":
      return exitIfDone({
        ...state,
        reclaiming: state.reclaiming - 1,
        interrupted: state.interrupted + message.interrupted,
      });
    case "respawn-due":
      return fill(state, message.index, now);
    case "sweep":
      return sweep(state, now);
    case "nothing-remains":
      return state.phase === "running" && state.mode === "drain"
        ? stop(state, "graceful", [{ type: "note", note: { kind: "drained" } }])
        : [state, []];
    case "reopen-log":
      return [state, [{ type: "reopen-log" }, ...liveWorkers(state).map(toReopen), ...lookNow(state)]];
    case "scale":
      return scale(state, message.workers, now);
    case "scale-by":
      return scaleBy(state, message.change, now);
    case "restart":
      return replaceAll(state);
    case "grace-changed":
      return [{ ...state, graceMs: message.graceMs }, []];
    case "database-replaced":
      // Whoever keeps us starts us again, with what is there then.
      return isStopping(state)
        ? [state, []]
        : stop({ ...state, exitCode: EXIT.failure }, "graceful", [
            { type: "note", note: { kind: "database-replaced" } },
          ]);
    case "stop":
      return stop(state, message.how);
    case "patience-over":
      return patienceOver(state, message.phase);
    default:
      return assertNever(message);
  }
}

function toReopen({ id }: WorkerState): Effect {
  return { type: "tell", id, message: { type: "reopen-log" } };
}

function lookNow(state: SupervisorState): Effect[] {
  return isStopping(state) ? [] : [{ type: "sweep-store" }];
}

const SWEEP_NOW = { type: "timer", ms: 0, jitter: 0, message: { type: "sweep" } } as const;

function start(state: SupervisorState, { count, others }: Extract<Message, { type: "start" }>, now: number): Step {
  if (state.phase !== "starting" || state.members.length > 0) return [state, []];
  const members = Array.from({ length: count }, (_, index) => newMember(index));
  const indexes = members.map(({ index }) => index);
  const [filled, spawns] = fillAll({ ...state, members, others, sweptAt: now }, indexes, now);
  const [ready, announcement] = announceIfComplete(filled);
  return [ready, [...spawns, ...announcement, SWEEP_NOW]];
}
