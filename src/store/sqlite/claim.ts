/**
 * Claiming. The jobs that wait lie in one index by (queue, priority, run_at, seq). From it we take the distinct pairs of
 * queue and priority, drop the paused queues and those not asked for, and then fetch from the best priority downwards, a
 * few from each pair, merged by time. First only a look: an idle worker must not take the write lock.
 */
import type { Claim, ClaimedJob, ClaimRequest } from "../store.js";
import { allPairs, beginAttempt, dueOfPair, type Pair, pairsOf, takeJob } from "./claim-sql.js";
import { type Connection, type Writing, write } from "./connection.js";
import { toJob } from "./rows.js";
import type { Runner } from "./statement.js";

export async function claimJobs(connection: Connection, request: ClaimRequest): Promise<Claim> {
  const glance = await findPairs(connection.db, request.queues, connection.clock.now());
  if (request.limit <= 0 || !glance.some(isDue)) return { jobs: [], nextDueAt: earliest(glance) };

  return write(connection, (writing) => claimWithin(writing, request));
}

/** Takes what is due, in a transaction that is under way. */
export async function claimWithin(writing: Writing, request: ClaimRequest): Promise<Claim> {
  const pairs = await findPairs(writing.db, request.queues, writing.now);
  const jobs: ClaimedJob[] = [];
  for (const candidate of await nextJobs(writing, pairs.filter(isDue), request.limit)) {
    jobs.push(await take(writing, candidate.seq, request));
  }
  return { jobs, nextDueAt: earliest(pairs) };
}

function findPairs(db: Runner, queues: readonly string[] | null, now: number): Promise<Pair[]> {
  return queues === null ? allPairs.all(db, { now }) : pairsOf.all(db, { queues: JSON.stringify(queues), now });
}

interface Candidate {
  readonly seq: number;
  readonly run_at: number;
}

/** By priority, then by time, then by age. `pairs` come by priority. */
async function nextJobs({ db, now }: Writing, pairs: readonly Pair[], limit: number): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const priority of new Set(pairs.map((pair) => pair.priority))) {
    const wanted = limit - found.length;
    if (wanted === 0) break;
    const level: Candidate[] = [];
    for (const { queue } of pairs.filter((pair) => pair.priority === priority)) {
      level.push(...(await dueOfPair.all(db, { queue, priority, now, limit: wanted })));
    }
    level.sort((a, b) => a.run_at - b.run_at || a.seq - b.seq);
    found.push(...level.slice(0, wanted));
  }
  return found;
}

async function take({ db, now }: Writing, seq: number, request: ClaimRequest): Promise<ClaimedJob> {
  const { workerId, leaseMs } = request;
  const { fence } = await beginAttempt.one(db, { seq, workerId, now });
  const row = await takeJob.one(db, { seq, fence, workerId, expiresAt: now + leaseMs, now });
  return { ...toJob(row), attempt: row.runs };
}

function isDue(pair: Pair): boolean {
  return pair.due_at !== null;
}

function earliest(pairs: readonly Pair[]): number | null {
  return pairs.reduce<number | null>(
    (least, { next_at }) => (next_at !== null && (least === null || next_at < least) ? next_at : least),
    null,
  );
}
