/**
 * Claims jobs. Waiting jobs are in one index by (queue, priority, run_at, seq). The claim takes the distinct pairs of
 * queue and priority from it and drops paused queues and queues not asked for. Then it fetches from the best priority
 * downwards, a few jobs from each pair as far as the queue's limits allow, merged by time. It looks first without the
 * write lock, which an idle worker must not take.
 */
import type { Claim, ClaimedJob, ClaimRequest } from "../contract/store.js";
import type { Connection, Reading, Writing } from "./connection.js";
import { parkedThatCouldRun, QueueCapacity } from "./limits/limits.js";
import { toClaimedJob } from "./rows.js";
import type { CandidateRow, PairRow } from "./statements/claims.js";
import type { Work } from "./work.js";

/** Most jobs that one transaction parks or fetches back: a few milliseconds' worth. */
const MOVED_PER_CLAIM = 200;

export async function claimJobs(connection: Connection, request: ClaimRequest): Promise<Claim> {
  const { clock } = connection;
  const nothing = await connection.run(findNothing(connection, request, clock.now()));
  if (nothing !== null) return nothing;
  for (;;) {
    const claim = await connection.write((writing) => claimWithin(writing, request));
    // No job yet, but there are more to look at: a worker that asks only once must not leave for that.
    if (claim.jobs.length > 0 || claim.nextDueAt === null || claim.nextDueAt > clock.now()) return claim;
  }
}

/** Null: there may be jobs for the request. */
function* findNothing(reading: Reading, request: ClaimRequest, now: number): Work<Claim | null> {
  const { queues, limit, ahead = 0 } = request;
  const pairs = yield* findPairs(reading, queues, now);
  const rooms = yield* QueueCapacity.read(reading, now);
  if (limit + ahead > 0 && pairs.some((pair) => isOpen(pair, rooms))) return null;
  if (limit > 0 && (yield* parkedThatCouldRun(reading, rooms, queues)).length > 0) return null;
  return { jobs: [], nextDueAt: earliest(pairs, rooms) };
}

/** Takes due jobs, in a transaction of the caller. */
export function* claimWithin(writing: Writing, request: ClaimRequest): Work<Claim> {
  const { now } = writing;
  const sql = writing.sql.limits;
  const rooms = yield* QueueCapacity.read(writing, now);
  const jobs: ClaimedJob[] = [];
  let moved = 0;
  for (;;) {
    const pairs = yield* findPairs(writing, request.queues, now);
    const wanted = request.limit + (request.ahead ?? 0) - jobs.length;
    const candidates = yield* nextJobs(writing, pairs, rooms, wanted);
    let more = 0;
    for (const candidate of candidates) {
      const ahead = jobs.length >= request.limit;
      const job =
        ahead && rooms.isLimited(candidate.queue) ? null : yield* take(writing, candidate.seq, request, ahead);
      if (job !== null) {
        jobs.push(job);
        yield* rooms.take(writing, candidate.queue, job.fence);
        continue;
      }
      // It is limited. A job behind it must not begin before it.
      if (ahead) return { jobs, nextDueAt: earliest(pairs, rooms) };
      more += yield* sql.park.run({ seq: candidate.seq });
      // Only as many jobs of its queue were fetched as it has room for. The next one behind this may come before the
      // rest.
      if (rooms.isLimited(candidate.queue)) break;
    }
    if (more === 0 && candidates.length < wanted && jobs.length < request.limit) {
      const seqs = yield* parkedThatCouldRun(writing, rooms, request.queues);
      if (seqs.length > 0) more = yield* sql.unpark.run({ seqs });
    }
    if (more === 0 || jobs.length >= request.limit) return { jobs, nextDueAt: earliest(pairs, rooms) };
    moved += more;
    if (moved >= MOVED_PER_CLAIM) return { jobs, nextDueAt: now };
  }
}

function findPairs({ sql }: Reading, queues: readonly string[] | null, now: number): Work<PairRow[]> {
  return queues === null ? sql.claims.pairs.all({ now }) : sql.claims.pairsOf.all({ queues, now });
}

/** By priority, then by time, then by age. `pairs` are sorted by priority. */
function* nextJobs(
  { sql, now }: Writing,
  pairs: readonly PairRow[],
  rooms: QueueCapacity,
  limit: number,
): Work<CandidateRow[]> {
  const open = pairs.filter((pair) => isOpen(pair, rooms));
  const found: CandidateRow[] = [];
  const of = (queue: string) => found.filter((candidate) => candidate.queue === queue).length;
  for (const priority of new Set(open.map((pair) => pair.priority))) {
    const wanted = limit - found.length;
    if (wanted <= 0) break;
    const level: CandidateRow[] = [];
    for (const { queue } of open.filter((pair) => pair.priority === priority)) {
      const room = Math.min(wanted, rooms.of(queue) - of(queue));
      if (room > 0) level.push(...(yield* sql.claims.dueOfPair.all({ queue, priority, now, limit: room })));
    }
    level.sort((a, b) => a.run_at - b.run_at || a.seq - b.seq);
    found.push(...level.slice(0, wanted));
  }
  return found;
}

/** Null: the job has to wait for its limit key, or has one and cannot be claimed ahead. */
function* take({ sql, now }: Writing, seq: number, request: ClaimRequest, ahead: boolean): Work<ClaimedJob | null> {
  const { workerId, leaseMs } = request;
  const attempt = yield* sql.claims.beginAttempt.first({ seq, workerId, ahead, now });
  if (attempt === undefined) return null;
  const { fence } = attempt;
  const row = yield* sql.claims.take.one({ seq, fence, workerId, expiresAt: now + leaseMs, leaseMs, now });
  return toClaimedJob(row, { workerId, fence, ahead });
}

/** Whether it has a due job and may start one. */
function isOpen(pair: PairRow, rooms: QueueCapacity): boolean {
  return pair.due_at !== null && rooms.of(pair.queue) > 0;
}

function earliest(pairs: readonly PairRow[], rooms: QueueCapacity): number | null {
  const times = pairs.flatMap((pair) => [pair.next_at, pair.due_at === null ? null : rooms.nextStartAt(pair.queue)]);
  return times.reduce<number | null>(
    (least, time) => (time !== null && (least === null || time < least) ? time : least),
    null,
  );
}
