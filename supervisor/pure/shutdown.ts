/**
 * The stages of a stop: drain (let jobs finish within the grace), interrupt (TERM, then KILL, and give the jobs back),
 * kill (the workers themselves). Each further request, or the end of a stage's time, leads to the next stage.
 */
import { NO_LIMIT } from "../../src/config/config.js";
import { INTERRUPT_GRACE_MS, type ToWorker } from "../../src/worker/protocol.js";
import {
  type Effect,
  liveWorkers,
  type Message,
  PHASES,
  type Phase,
  type Step,
  type SupervisorState,
} from "./state.js";

/** Interrupted jobs have been killed by then. The rest is for settling and leaving. Milliseconds. */
const INTERRUPT_PATIENCE_MS = INTERRUPT_GRACE_MS + 5000;

type How = Extract<Message, { type: "stop" }>["how"];

export function stop(state: SupervisorState, how: How, before: readonly Effect[] = []): Step {
  const stages = { drain: "draining", graceful: nextStage(state.phase), immediate: "killing" } as const;
  return enter(state, stages[how], before);
}

/** The time of a stage is over. If that stage is still the current one, the next begins. */
export function patienceOver(state: SupervisorState, phase: Phase): Step {
  return state.phase === phase ? enter(state, nextStage(phase), []) : [state, []];
}

/** Exits once the pool is empty and every job of its workers is taken back. */
export function exitIfDone(state: SupervisorState, before: readonly Effect[] = []): Step {
  const draining = PHASES.indexOf(state.phase) >= PHASES.indexOf("draining") && state.phase !== "done";
  if (!draining || state.reclaiming > 0 || liveWorkers(state).length > 0) return [state, before];
  const code = state.exitCode !== 0 ? state.exitCode : state.interrupted > 0 ? INTERRUPTED_EXIT_CODE : 0;
  return [{ ...state, phase: "done" }, [...before, { type: "exit", code }]];
}

/** EX_TEMPFAIL of sysexits.h: jobs went back to the queue. */
const INTERRUPTED_EXIT_CODE = 75;

function nextStage(phase: Phase): Phase {
  if (phase === "draining") return "interrupting";
  if (phase === "interrupting" || phase === "killing") return "killing";
  return phase === "done" ? "done" : "draining";
}

function enter(state: SupervisorState, phase: Phase, before: readonly Effect[]): Step {
  const again = PHASES.indexOf(phase) <= PHASES.indexOf(state.phase);
  if (again) return exitIfDone(state, before);
  const workers = liveWorkers(state);
  const effects: Effect[] = [...before, { type: "publish", state: "draining" }];
  if (workers.length > 0)
    effects.push({ type: "note", note: { kind: "stopping", phase, graceMs: patienceOf(state, "draining") } });
  for (const { id } of workers) effects.push(stopWorker(phase, id));
  const patience = patienceOf(state, phase);
  if (patience !== null && workers.length > 0) {
    effects.push({ type: "timer", ms: patience, jitter: 0, message: { type: "patience-over", phase } });
  }
  return exitIfDone({ ...state, phase }, effects);
}

function stopWorker(phase: Phase, id: string): Effect {
  if (phase === "killing") return { type: "kill", id, signal: "SIGKILL" };
  const message: ToWorker =
    phase === "draining" ? { type: "drain" } : { type: "interrupt", graceMs: INTERRUPT_GRACE_MS };
  return { type: "tell", id, message };
}

/** Milliseconds. Null: without end. */
function patienceOf({ graceMs }: SupervisorState, phase: Phase): number | null {
  if (phase === "draining") return graceMs === NO_LIMIT ? null : graceMs;
  return phase === "interrupting" ? INTERRUPT_PATIENCE_MS : null;
}
