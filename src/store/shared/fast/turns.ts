/** Ends and claims on the fast lane, and in a transaction what it left over. */
import type { Claim, ClaimRequest, SettledAndClaimed, Settlement } from "../../contract/store.js";
import { claimJobs, claimWithin } from "../claim.js";
import type { Connection } from "../connection.js";
import { endingOf } from "../ending.js";
import { settleWithin } from "../settle.js";
import type { FastLane } from "./fast-lane.js";

interface Lanes {
  readonly connection: Connection;
  readonly fast: FastLane;
}

export async function settleInLanes(
  { connection, fast }: Lanes,
  settlements: readonly Settlement[],
): Promise<boolean[]> {
  if (settlements.length === 0) return [];
  const { ended } = await fast.turn(
    firstOfEach(settlements).map((settlement) => endingOf(settlement)),
    null,
  );
  const left = leftOf(settlements, ended);
  const answers = left.length === 0 ? [] : await connection.write((writing) => settleWithin(writing, left));
  return inOrder(settlements, left, answers);
}

export async function turnInLanes(
  lanes: Lanes,
  settlements: readonly Settlement[],
  request: ClaimRequest,
): Promise<SettledAndClaimed> {
  const { connection, fast } = lanes;
  const turn = await fast.turn(
    firstOfEach(settlements).map((settlement) => endingOf(settlement)),
    request,
  );
  const left = leftOf(settlements, turn.ended);
  if (left.length === 0) {
    const claim = turn.isWhole ? turn.claim : await claimMore(connection, turn.claim, request);
    return { settled: settlements.map(() => true), claim };
  }
  const wanted = restOf(request, turn.claim);
  const { answers, claim } = await connection.write(function* (writing) {
    const answers = yield* settleWithin(writing, left);
    return { answers, claim: yield* claimWithin(writing, wanted) };
  });
  return { settled: inOrder(settlements, left, answers), claim: joined(turn.claim, claim) };
}

export async function claimInLanes({ connection, fast }: Lanes, request: ClaimRequest): Promise<Claim> {
  const { claim, isWhole } = await fast.turn([], request);
  return isWhole ? claim : claimMore(connection, claim, request);
}

async function claimMore(connection: Connection, claim: Claim, request: ClaimRequest): Promise<Claim> {
  return joined(claim, await claimJobs(connection, restOf(request, claim)));
}

/** What is still to be claimed. */
function restOf(request: ClaimRequest, { jobs }: Claim): ClaimRequest {
  const { limit, ahead = 0 } = request;
  return jobs.length < limit
    ? { ...request, limit: limit - jobs.length }
    : { ...request, limit: 0, ahead: jobs.length === 0 ? ahead : 0 };
}

function joined(first: Claim, { jobs, nextDueAt }: Claim): Claim {
  return { jobs: [...first.jobs, ...jobs], nextDueAt };
}

/** One of each fence. The others of a fence can only repeat it, or be refused. */
function firstOfEach(settlements: readonly Settlement[]): Settlement[] {
  const seen = new Set<number>();
  return settlements.filter(({ fence }) => seen.size < seen.add(fence).size);
}

function leftOf(settlements: readonly Settlement[], ended: ReadonlySet<number>): Settlement[] {
  const first = new Set(firstOfEach(settlements));
  return settlements.filter((settlement) => !(first.has(settlement) && ended.has(settlement.fence)));
}

/** The answers of all: true for each that was not left. */
function inOrder(
  settlements: readonly Settlement[],
  left: readonly Settlement[],
  answers: readonly boolean[],
): boolean[] {
  const known = new Map(left.map((settlement, index) => [settlement, answers[index] ?? false]));
  return settlements.map((settlement) => known.get(settlement) ?? true);
}
