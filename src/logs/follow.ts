/** Follows a job to its end, over all of its attempts. */
import { QueuectlError } from "../core/errors.js";
import { isTerminal } from "../core/job/state.js";
import type { Client } from "../queue/client.js";
import type { Attempt, Job } from "../queue/jobs/job.js";
import { changesOf } from "../queue/watch.js";
import { AttemptReader, type Reading } from "./attempt-reader.js";

const PAUSE_MS = 10;

export interface Follower extends Reading {
  /**
   * Called at every look while no attempt runs. `seen`: attempts that were read to their end, or that came before the
   * newest.
   */
  onWaiting(job: Job, seen: number): void | Promise<void>;
}

/** Resolves to the ended job. @throws QueuectlError if it was deleted meanwhile */
export async function followJob(client: Client, id: string, follower: Follower): Promise<Job> {
  const finished = new Set((await client.jobs.attempts(id)).slice(0, -1).map(({ fence }) => fence));
  return withPauses(client, async (pause) => {
    for (;;) {
      // The job is read before its attempts: if it has ended by then, so has its last attempt.
      const job = await stillThere(client, id);
      const attempt = (await client.jobs.attempts(id)).find(({ fence }) => !finished.has(fence));
      if (attempt) {
        await new AttemptReader(client, attempt, follower, pause).readToEnd();
        finished.add(attempt.fence);
      } else if (isTerminal(job.state)) return job;
      else {
        await follower.onWaiting(job, finished.size);
        await pause();
      }
    }
  });
}

/** Resolves to the ended attempt. Undefined: it was deleted meanwhile. */
export function followAttempt(client: Client, attempt: Attempt, reading: Reading): Promise<Attempt | undefined> {
  return withPauses(client, (pause) => new AttemptReader(client, attempt, reading, pause).readToEnd());
}

async function withPauses<T>(client: Client, act: (pause: () => Promise<void>) => Promise<T>): Promise<T> {
  const changes = changesOf(client);
  try {
    return await act(() => changes.next({ atLeastMs: PAUSE_MS, atMostMs: client.outputs.lookEveryMs }));
  } finally {
    changes.close();
  }
}

async function stillThere(client: Client, id: string): Promise<Job> {
  for await (const job of client.jobs.each([id])) return job;
  throw new QueuectlError("not_completed", `job ${id} was deleted meanwhile`);
}
