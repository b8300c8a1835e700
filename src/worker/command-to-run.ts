/** The command and the directory of an attempt: the job's own, or our own program for a webhook. */
import { fileURLToPath } from "node:url";
import { HOOK_QUEUE } from "../core/hook/hook.js";
import { DELIVERY } from "../core/hook/webhook.js";
import type { CommandLine, Job } from "../core/job/job.js";
import { whyNotEntered } from "../exec/not-started.js";

/** Lies beside the bundle of this module. */
const PROGRAM = fileURLToPath(new URL("./queuectl.js", import.meta.url));

/**
 * The job names only `queuectl`. This worker knows where that is and with which Node it runs; the environment names
 * home and database.
 */
export function commandToRun({ queue, command }: Pick<Job, "queue" | "command">): CommandLine {
  if (queue !== HOOK_QUEUE || String(command) !== String(DELIVERY)) return command;
  return [process.execPath, PROGRAM, ...DELIVERY.slice(1)];
}

/** A hook must not fail because of the very thing that it reports: its job's directory may be missing. */
export function directoryToRunIn({ queue, cwd }: Pick<Job, "queue" | "cwd">): string {
  return queue === HOOK_QUEUE && whyNotEntered(cwd) !== null ? "/" : cwd;
}
