/** `all` in the place of an id. It means every job, unless a job has that id or an id that begins so. */
import { NoSuchJobError, QueuectlError } from "../../core/errors.js";
import type { Client } from "../../queue/client.js";
import type { BaseCommand } from "../base/command.js";
import { flagHabit } from "../habits/flags.js";
import { formsHint } from "../habits/habit.js";
import type { CommandClass } from "../registry.js";

const ALL = "all";

/** @throws UsageError if `all` is the beginning of several ids */
export async function meansAll(client: Client, reference: string | undefined): Promise<boolean> {
  if (reference !== ALL) return false;
  try {
    await client.jobs.get(ALL);
    return false;
  } catch (error) {
    if (error instanceof NoSuchJobError) return true;
    throw error;
  }
}

/** The error for a job that was not found. If it is `all`, with what a command that has no `--all` proposes for that. */
export function withHintOfAll(command: BaseCommand, reference: string, error: unknown): unknown {
  if (reference !== ALL || !(error instanceof NoSuchJobError)) return error;
  const habit = flagHabit((command.constructor as CommandClass).paths?.[0]?.join(" ") ?? "", "--all");
  if (habit === undefined || !("type" in habit)) return error;
  return new QueuectlError(error.code, error.message, { hint: formsHint(habit.type), cause: error });
}
