/**
 * The supervisor as a pure function: state and message in, next state and effects out. It has no clock, timers or I/O,
 * so that a crash storm is a table in a test. actor.ts carries out the effects.
 */
import { assertNever } from "../../src/core/assert-never.js";
import { EXIT } from "../../src/core/errors.js";
import { handOver } from "./handover.js";
import { restartAll, restartNext } from "./rolling-restart.js";
import { scale, scaleBy } from "./scale.js";
import { exitIfDone, patienceOver, stop } from "./shutdown.js";
import { countOthers, spawn, spawnAll } from "./spawn.js";
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
import { announceIfComplete, receive } from "./worker-message.js";

export { initialState };

export function supervisor(state: SupervisorState, message: Message, now: number): Step {
  const [next, effects] = react(state, message, now);
  const [handedOver, handover] = handOver(next, now);
  const [restarted, restart] = restartNext(handedOver);
  return [restarted, [...effects, ...handover, ...restart]];
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
      return receive(state, message.id, message.message, now);
    case "exited":
      return workerExited(state, message, now);
    case "reclaimed":
      return exitIfDone({
        ...state,
        reclaiming: state.reclaiming - 1,
        interrupted: state.interrupted + message.interrupted,
      });
    case "restart-due":
      return spawn(state, message.index, now);
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
      return restartAll(state);
    case "grace-changed":
      return [{ ...state, graceMs: message.graceMs }, []];
    case "database-replaced":
      // The keeper or the service manager starts us again, with the new database.
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
  const [filled, spawns] = spawnAll({ ...state, members, others, sweptAt: now }, indexes, now);
  const [ready, announcement] = announceIfComplete(filled);
  return [ready, [...spawns, ...announcement, SWEEP_NOW]];
}
