/**
 * Changes a job's description, if the job is as it was seen. The triggers count its queue; its tags, which nothing else
 * ever changes, are followed here.
 */

import type { JobDescription } from "../../../core/job/edit.js";
import type { Job } from "../../../core/job/job.js";
import { NO_OPTIONS } from "../../../core/job/options.js";
import { allows } from "../../../core/job/state.js";
import type { ChangeResult } from "../../contract/store.js";
import type { Connection } from "../connection.js";
import { unparkNext } from "../limits/parking.js";
import { checkLengths } from "../limits/queue-length.js";
import { toJob } from "../rows.js";

export function editJob(connection: Connection, seen: Job, description: JobDescription): Promise<ChangeResult> {
  return connection.write(function* (writing) {
    const { sql, now } = writing;
    const before = yield* sql.jobs.byId.first({ id: seen.id });
    if (before === undefined) return { kind: "not-found" };
    const lengths = description.queue === before.queue ? [] : yield* sql.limits.lengths.all({});
    const after = yield* sql.changes.edit.first({
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
      options: description.options === NO_OPTIONS ? null : JSON.stringify(description.options),
    });
    if (after === undefined) return { kind: "wrong-state", job: toJob(before) };
    if (lengths.length > 0) yield* checkLengths(writing, lengths);
    // The job may now come after other jobs with its limit key.
    if (!before.parked && allows("claim", before.state)) yield* unparkNext(writing, [before.limit_key]);
    if (after.tags !== before.tags) {
      yield* sql.changes.forgetTags.run({ seq: before.seq, tags: before.tags });
      yield* sql.changes.rememberTags.run({ seq: after.seq, tags: after.tags });
    }
    return { kind: "changed", job: toJob(after) };
  });
}
