/**
 * Changes a job's description, if the job is as it was seen. The triggers count its queue; its tags, which nothing else
 * ever changes, are followed here.
 */
import type { Job } from "../../core/job.js";
import type { JobDescription } from "../../core/job-edit.js";
import type { ChangeResult } from "../store.js";
import { type Connection, write } from "./connection.js";
import * as sql from "./edit-sql.js";
import { jobById } from "./jobs-sql.js";
import { checkLengths } from "./lengths.js";
import { queueLengths } from "./limits-sql.js";
import { toJob } from "./rows.js";

export function editJob(connection: Connection, seen: Job, description: JobDescription): Promise<ChangeResult> {
  return write(connection, async ({ db, now }) => {
    const before = await jobById.first(db, { id: seen.id });
    if (before === undefined) return { kind: "not-found" };
    const lengths = description.queue === before.queue ? [] : await queueLengths.all(db, {});
    const after = await sql.editJob.first(db, {
      ...{ id: seen.id, seenState: seen.state, seenAt: seen.updatedAt, seenFence: seen.fence, now },
      command: JSON.stringify(description.command),
      queue: description.queue,
      priority: description.priority,
      maxRetries: description.maxRetries,
      timeoutMs: description.timeoutMs,
      backoffBase: description.backoffBase,
      cwd: description.cwd,
      env: JSON.stringify(description.env),
      tags: JSON.stringify(description.tags),
      runAt: description.runAt,
    });
    if (after === undefined) return { kind: "wrong-state", job: toJob(before) };
    if (lengths.length > 0) await checkLengths(db, lengths);
    if (after.tags !== before.tags) {
      await sql.forgetTags.run(db, { seq: before.seq, tags: before.tags });
      await sql.rememberTags.run(db, { seq: after.seq, tags: after.tags });
    }
    return { kind: "changed", job: toJob(after) };
  });
}
