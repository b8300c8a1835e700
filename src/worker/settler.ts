/**
 * Writes how attempts ended. Results that arrive together go into one transaction. A result is never dropped: while the
 * database is locked, full or gone, the same batch is tried again without end, with growing pauses. The job is finished
 * by then; only its record is missing.
 *
 * If the database refuses a batch, each result is written alone, so that it holds up no other. A result that is refused
 * twice is written without its texts.
 */
import { withoutTexts } from "../attempt/settlement.js";
import { QueuectlError } from "../core/errors.js";

import type { Logger } from "../observe/log.js";
import { settleDelayed, settleStale } from "../observe/log.js";
import type { Claim, ClaimRequest, LeaseStore, Settlement } from "../store/contract/store.js";
import { failpoint } from "../system/failpoint.js";
import type { LargeOutput } from "./large-output.js";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;
/** Refusals of a single result before it is written without its texts. */
const MOST_REFUSALS = 2;

interface Ended {
  readonly settlement: Settlement;
  /** Called when the record is on disk. */
  readonly recorded: () => void;
}

type Leases = Pick<LeaseStore, "settle" | "settleAndClaim">;

export class Settler {
  readonly #store: Leases;
  readonly #log: Logger;
  readonly #large: Pick<LargeOutput, "attach"> | null;
  #waiting: Ended[] = [];

  /** @param large attaches the output of an attempt that another process has ended. Null: that one had its files. */
  constructor(store: Leases, log: Logger, large: Pick<LargeOutput, "attach"> | null = null) {
    this.#store = store;
    this.#log = log;
    this.#large = large;
  }

  /** Number of results that wait for their record. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Whether the end of this attempt waits for its record. Not asked while a flush is under way. */
  holds(fence: number): boolean {
    return this.#waiting.some(({ settlement }) => settlement.fence === fence);
  }

  add(ended: Ended): void {
    this.#waiting.push(ended);
  }

  /**
   * Resolves when every earlier result is on disk. `next` tells what to claim in the same transaction and is asked
   * again at each try. Resolves to that claim. Null: there was no request.
   */
  async flush(next: () => ClaimRequest | null): Promise<Claim | null> {
    const batch = this.#waiting;
    this.#waiting = [];
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return await this.#write(batch, next());
      } catch (error) {
        await this.#pause(batch.length, pause, error);
        if (!isRefusal(error)) continue;
        for (const ended of batch) await this.#writeAlone(ended);
        return null;
      }
    }
  }

  async #writeAlone(ended: Ended): Promise<void> {
    let settlement = ended.settlement;
    let refusals = 0;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        await this.#write([{ ...ended, settlement }], null);
        return;
      } catch (error) {
        if (isRefusal(error) && ++refusals === MOST_REFUSALS) settlement = withoutTexts(settlement, error);
        await this.#pause(1, pause, error);
      }
    }
  }

  async #pause(count: number, ms: number, error: unknown): Promise<void> {
    settleDelayed(this.#log, count, ms, error);
    await new Promise((resume) => setTimeout(resume, ms));
  }

  async #write(batch: readonly Ended[], request: ClaimRequest | null): Promise<Claim | null> {
    const settlements = batch.map(({ settlement }) => settlement);
    const { settled, claim } = request
      ? await this.#store.settleAndClaim(settlements, request)
      : { settled: await this.#store.settle(settlements), claim: null };
    failpoint("settled-unacknowledged");
    batch.forEach(({ settlement, recorded }, i) => {
      if (settled[i]) recorded();
      else {
        settleStale(this.#log, settlement);
        void this.#large?.attach(settlement, recorded);
      }
    });
    return claim;
  }
}

/** The store's own errors mean that the store is in trouble. Any other error is about the data. */
function isRefusal(error: unknown): boolean {
  return !(error instanceof QueuectlError);
}
