/**
 * The common part of `retry` and `dlq retry`: the action, and a message about jobs that could not be retried with the
 * others.
 */
import type { Client } from "../../queue/client.js";
import { Revival } from "../../queue/jobs/changes.js";
import type { BaseCommand } from "../base/command.js";
import type { Selection } from "../base/jobs-command.js";
import { type Act, changeJobs } from "./change-jobs.js";

/** Resolves to the exit code. */
export async function retryJobs(
  command: BaseCommand,
  client: Client,
  selection: Selection,
  { force, ...act }: Omit<Act, "apply" | "graphOrder" | "sentence" | "takenAlong"> & { readonly force: boolean },
): Promise<number> {
  const revival = new Revival();
  const code = await changeJobs(command, client, selection, {
    ...act,
    apply: (jobs) => client.jobs.retryMany(jobs, { revival, force }),
    graphOrder: "parents-first",
    sentence: ({ id }) => `Moved job ${id} back to the queue`,
    takenAlong: "revived",
  });
  for (const [id, holder] of revival.keptDead) {
    command.remark(`Job ${id} stays dead: job ${holder} has its unique key`, `queuectl explain ${id} says more`);
  }
  return code;
}
