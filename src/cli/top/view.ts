/**
 * What the screen shows, and how keys change it. Pure. If a key asks something of the queue, the request is returned
 * for `live.ts` to carry out.
 */

import { allows } from "../../core/job/state.js";
import type { Job } from "../../queue/jobs/job.js";
import type { Snapshot } from "../../queue/snapshot/snapshot.js";

export interface LogPage {
  readonly kind: "log";
  readonly id: string;
  readonly title: string;
  readonly lines: readonly string[];
  /** Number of lines below the last shown one. */
  readonly up: number;
}

export type Page =
  | { readonly kind: "jobs" }
  | { readonly kind: "help" }
  | { readonly kind: "sure"; readonly id: string }
  | LogPage;

export interface View {
  readonly snapshot: Snapshot;
  /** Id of the selected job. Null: there is none to select. */
  readonly selected: string | null;
  readonly page: Page;
  /** Result of the last action. */
  readonly note: string;
}

export type Request = { readonly kind: "cancel" | "retry" | "log"; readonly id: string } | { readonly kind: "quit" };

export interface Pressed {
  readonly view: View;
  readonly request?: Request;
}

export function firstView(snapshot: Snapshot): View {
  return { snapshot, selected: selectable(snapshot)[0]?.id ?? null, page: { kind: "jobs" }, note: "" };
}

/** The jobs that can be selected, from top to bottom. */
export function selectable({ running, failures }: Snapshot): readonly Job[] {
  const seen = new Set(running.map(({ id }) => id));
  return [...running, ...failures.filter(({ id }) => !seen.has(id))];
}

/** The selection stays with its job. If the job is gone, it stays at its row. */
export function withSnapshot(view: View, snapshot: Snapshot): View {
  const jobs = selectable(snapshot);
  if (jobs.some(({ id }) => id === view.selected)) return { ...view, snapshot };
  const index = selectable(view.snapshot).findIndex(({ id }) => id === view.selected);
  const next = jobs[Math.min(Math.max(index, 0), jobs.length - 1)];
  return { ...view, snapshot, selected: next?.id ?? null };
}

/** @param key its name in Node's readline @param height rows of the terminal */
export function press(view: View, key: string, height: number): Pressed {
  const { page } = view;
  if (page.kind === "sure") return answer(view, page.id, key);
  if (page.kind === "log") return scroll(view, page, key, height);
  if (page.kind === "help") return { view: show(view, { kind: "jobs" }) };
  const { selected } = view;
  switch (key) {
    case "q":
      return { view, request: { kind: "quit" } };
    case "?":
    case "h":
      return { view: show(view, { kind: "help" }) };
    case "up":
    case "k":
      return { view: move(view, -1) };
    case "down":
    case "j":
      return { view: move(view, 1) };
    case "c":
      return { view: askToCancel(view) };
    case "r":
      return selected === null ? { view } : { view, request: { kind: "retry", id: selected } };
    case "l":
    case "return":
    case "enter":
      return selected === null ? { view } : openLog(view, selected);
    default:
      return { view };
  }
}

function show(view: View, page: Page): View {
  return { ...view, page, note: "" };
}

function move(view: View, by: number): View {
  const jobs = selectable(view.snapshot);
  const index = jobs.findIndex(({ id }) => id === view.selected) + by;
  const next = jobs[Math.min(Math.max(index, 0), jobs.length - 1)];
  return { ...view, selected: next?.id ?? null, note: "" };
}

function askToCancel(view: View): View {
  const job = selectable(view.snapshot).find(({ id }) => id === view.selected);
  if (job === undefined) return view;
  if (!allows("cancel", job.state)) return { ...view, note: `job ${job.id} is ${job.state} and cannot be cancelled` };
  return show(view, { kind: "sure", id: job.id });
}

/** The page opens at once, so that the next key is for it; its lines come later. */
function openLog(view: View, id: string): Pressed {
  return { view: show(view, { kind: "log", id, title: `Job ${id}`, lines: [], up: 0 }), request: { kind: "log", id } };
}

function answer(view: View, id: string, key: string): Pressed {
  const back = show(view, { kind: "jobs" });
  return key === "y" ? { view: back, request: { kind: "cancel", id } } : { view: back };
}

function scroll(view: View, page: LogPage, key: string, height: number): Pressed {
  const most = Math.max(0, page.lines.length - 1);
  const to = (up: number) => ({ view: { ...view, page: { ...page, up: Math.min(Math.max(up, 0), most) } } });
  const step = Math.max(1, height - 3);
  switch (key) {
    case "q":
    case "escape":
    case "l":
      return { view: show(view, { kind: "jobs" }) };
    case "up":
    case "k":
      return to(page.up + 1);
    case "down":
    case "j":
      return to(page.up - 1);
    case "pageup":
    case "b":
      return to(page.up + step);
    case "pagedown":
    case "space":
      return to(page.up - step);
    case "home":
    case "g":
      return to(most);
    case "end":
    case "G":
      return to(0);
    default:
      return { view };
  }
}
