/** What is run for a job, and where: its command, or our own program where a hook asks for that. */
import { fileURLToPath } from "node:url";
import { HOOK_QUEUE } from "../core/hook/hook.js";
import { DELIVERY } from "../core/hook/webhook.js";
import type { CommandLine, Job } from "../core/job/job.js";
import { whyNotEntered } from "../exec/not-started.js";

/** Lies beside whatever bundle this module is in. */
const PROGRAM = fileURLToPath(new URL("./queuectl.js", import.meta.url));

/** The job names only `queuectl`: where that is, and with which Node, the worker knows. Its environment names home and database. */
export function commandToRun({ queue, command }: Pick<Job, "queue" | "command">): CommandLine {
  if (queue !== HOOK_QUEUE || String(command) !== String(DELIVERY)) return command;
  return [process.execPath, PROGRAM, ...DELIVERY.slice(1)];
}

/** A hook must not die of what it is to report: its job's directory may be the very thing that is missing. */
export function directoryToRunIn({ queue, cwd }: Pick<Job, "queue" | "cwd">): string {
  return queue === HOOK_QUEUE && whyNotEntered(cwd) !== null ? "/" : cwd;
}
