/** The fast lane over one connection. */
import type { Clock } from "../../../core/clock.js";
import { isTerminal, TRANSITIONS } from "../../../core/job/state.js";
import type { ClaimRequest } from "../../contract/store.js";
import type { ChangeKind } from "../../contract/wake-ups.js";
import type { Ending } from "../../shared/ending.js";
import type { FastLane, Turn } from "../../shared/fast/fast-lane.js";
import type { PostgresConnection } from "../connection/connection.js";
import { claimsOf, newTurnNumber, timeOf, toTurn, turnQuery, whatWasClaimed } from "./turn.js";

export class Turns implements FastLane {
  readonly #connection: Pick<PostgresConnection, "once" | "tell" | "write">;
  readonly #clock: Clock | undefined;

  /** @param clock undefined: the server's */
  constructor(connection: Pick<PostgresConnection, "once" | "tell" | "write">, clock: Clock | undefined) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /**
   * If the answer is lost, the turn may have been made. Then nothing is said of the ends, which can be told again, and
   * what it has claimed is found by its number.
   */
  async turn(endings: readonly Ending[], request: ClaimRequest | null): Promise<Turn> {
    const number = newTurnNumber();
    const rows = await this.#connection.once(turnQuery(number, endings, request, this.#clock?.now() ?? null), timeOf);
    if (rows !== null) {
      const turn = toTurn(rows, request);
      this.#connection.tell(changesOf(endings, turn));
      return turn;
    }
    if (request === null) return whatWasClaimed([], "");
    // A server that has lost its client may still be at work on the turn; a transaction waits for it.
    return whatWasClaimed(await this.#connection.write(() => claimsOf(number, request)), request.workerId);
  }
}

function changesOf(endings: readonly Ending[], { ended, claim }: Turn): ReadonlySet<ChangeKind> {
  const kinds = new Set<ChangeKind>(claim.jobs.length > 0 ? ["moved"] : []);
  for (const { fence, event } of endings) {
    if (ended.has(fence)) kinds.add(isTerminal(TRANSITIONS[event].to) ? "moved" : "work");
  }
  return kinds;
}
