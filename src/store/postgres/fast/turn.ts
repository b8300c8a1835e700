/** The call of the fast lane's function, see `migrations/turn-1.ts`, and its answer. */
import { randomInt } from "node:crypto";
import { TRANSITIONS } from "../../../core/job/state.js";
import type { ClaimRequest } from "../../contract/store.js";
import type { Ending } from "../../shared/ending.js";
import type { Turn } from "../../shared/fast/fast-lane.js";
import { type ClaimedRow, toClaimedJob } from "../../shared/rows.js";
import type { Query, Work } from "../../shared/work.js";
import { toPostgres } from "../values.js";

/** The function's parameters about ends, in its order: each is a list. */
const COLUMNS: readonly ((ending: Ending) => unknown)[] = [
  ({ fence }) => fence,
  ({ jobId }) => jobId,
  ({ event }) => TRANSITIONS[event].to,
  ({ runsAgain }) => runsAgain,
  ({ ifRenewals }) => ifRenewals,
  ({ delayMs }) => delayMs,
  ({ exitCode }) => exitCode,
  ({ signal }) => signal,
  ({ error }) => error,
  ({ result }) => result,
  ({ uncharged }) => uncharged,
  ({ interrupted }) => interrupted,
  ({ lost }) => lost,
  ({ startedAt }) => startedAt,
  ({ outcome }) => outcome,
  ({ attemptError }) => attemptError,
  ({ pid }) => pid,
  ({ stdout }) => stdout,
  ({ stdoutBytes }) => stdoutBytes,
  ({ stdoutSize }) => stdoutSize,
  ({ stderr }) => stderr,
  ({ stderrBytes }) => stderrBytes,
  ({ stderrSize }) => stderrSize,
  ({ outputHost }) => outputHost,
];

/** For the turn's number, worker, free slots, jobs ahead, lease, queues and time. */
const OTHERS = 7;

const CALL = `SELECT * FROM turn_1(${Array.from({ length: COLUMNS.length + OTHERS }, (_, n) => `$${n + 1}`).join(", ")})`;

/** Random; what a turn has claimed bears it. */
export function newTurnNumber(): number {
  return randomInt(2 ** 47);
}

/** @param now null: the server's time */
export function turnQuery(
  number: number,
  endings: readonly Ending[],
  request: ClaimRequest | null,
  now: number | null,
): Query {
  const parameters = COLUMNS.map((of) => toPostgres(endings.map(of)));
  const { workerId = null, limit = 0, ahead = 0, leaseMs = 0, queues = null } = request ?? {};
  return { sql: CALL, parameters: [...parameters, number, workerId, limit, ahead, leaseMs, queues, now] };
}

/** A claimed job; or the last row, which has what there is to say of all, and no fence. */
export type TurnRow = ClaimedRow & {
  server_time: number;
  /** As texts. */
  ended: string[];
  is_whole: boolean;
  next_due_at: number | null;
  fence: number | null;
  ahead: boolean;
};

export function toTurn(rows: readonly TurnRow[], request: ClaimRequest | null): Turn {
  const { ended, is_whole: isWhole, next_due_at: nextDueAt } = lastOf(rows);
  const workerId = request?.workerId ?? "";
  const jobs = rows.flatMap((row) => {
    const { fence, ahead } = row;
    return fence === null ? [] : [toClaimedJob(row, { workerId, fence, ahead })];
  });
  return { ended: new Set(ended.map(Number)), claim: { jobs, nextDueAt }, isWhole };
}

/** The server's time. */
export function timeOf(rows: readonly TurnRow[]): number {
  return lastOf(rows).server_time;
}

function lastOf(rows: readonly TurnRow[]): TurnRow {
  const last = rows.at(-1);
  if (last === undefined) throw new Error("no row from turn_1");
  return last;
}

type FoundRow = ClaimedRow & { fence: number; ahead: boolean };

/** What the turn of this number has claimed, if it was made. */
export function* claimsOf(number: number, { workerId }: ClaimRequest): Work<FoundRow[]> {
  const { rows } = yield {
    sql: `SELECT jobs.*, jobs.started_at AS updated_at, attempts.ahead
      FROM jobs JOIN attempts ON attempts.fence = jobs.fence
      WHERE jobs.state = 'processing' AND jobs.worker_id = $1 AND attempts.turn = $2 ORDER BY jobs.fence`,
    parameters: [workerId, number],
  };
  return rows as FoundRow[];
}

/** A turn of which no more is known than what it has claimed. */
export function whatWasClaimed(rows: readonly FoundRow[], workerId: string): Turn {
  const jobs = rows.map((row) => toClaimedJob(row, { workerId, fence: row.fence, ahead: row.ahead }));
  return { ended: new Set(), claim: { jobs, nextDueAt: null }, isWhole: false };
}
