/**
 * The contract of `src/store/store.ts` as cases, for any backend:
 *
 * ```ts
 * storeSuite("SQLite", openMyHarness);
 * ```
 */
import { afterEach, beforeEach, describe } from "vitest";
import { changeCases } from "./cases/changes.js";
import { claimCases } from "./cases/claim.js";
import { fenceCases } from "./cases/fences.js";
import { insertCases } from "./cases/insert.js";
import { leaseCases } from "./cases/leases.js";
import { lookCases } from "./cases/look.js";
import { matrixCases } from "./cases/matrix.js";
import { orderCases } from "./cases/order.js";
import { otherCases } from "./cases/other.js";
import { pruneCases } from "./cases/prune.js";
import { queueCases } from "./cases/queues.js";
import { settleCases } from "./cases/settle.js";
import type { OpenHarness, StoreHarness } from "./harness.js";

/** The harness of the case that runs. */
export type Current = () => StoreHarness;

const PARTS: Readonly<Record<string, (current: Current) => void>> = {
  insert: insertCases,
  look: lookCases,
  changes: changeCases,
  prune: pruneCases,
  claim: claimCases,
  "claim order": orderCases,
  leases: leaseCases,
  settle: settleCases,
  fences: fenceCases,
  queues: queueCases,
  "states and events": matrixCases,
  "processes, settings, wake-ups": otherCases,
};

export function storeSuite(name: string, open: OpenHarness): void {
  describe(name, () => {
    let harness: StoreHarness | undefined;
    const current: Current = () => {
      if (harness === undefined) throw new Error("outside a case");
      return harness;
    };
    beforeEach(async () => {
      harness = await open();
    });
    afterEach(async () => {
      await harness?.close();
      harness = undefined;
    });
    for (const [part, cases] of Object.entries(PARTS)) describe(part, () => cases(current));
  });
}
