/**
 * The contract of `src/store/contract/store.ts` as cases, for any backend:
 *
 * ```ts
 * storeSuite("SQLite", openMyHarness);
 * ```
 */
import { afterEach, beforeEach, describe } from "vitest";
import { admissionCases } from "./cases/admission.js";
import { backChannelCases } from "./cases/back-channel.js";
import { bulkCases } from "./cases/bulk.js";
import { bulkRevivalCases } from "./cases/bulk-revival.js";
import { changeCases } from "./cases/changes.js";
import { claimCases } from "./cases/claim.js";
import { dependencyCases } from "./cases/dependencies.js";
import { editCases } from "./cases/edit.js";
import { fenceCases } from "./cases/fences.js";
import { hookCases } from "./cases/hooks.js";
import { insertCases } from "./cases/insert.js";
import { leaseCases } from "./cases/leases.js";
import { limitCases } from "./cases/limits.js";
import { lookCases } from "./cases/look.js";
import { matrixCases } from "./cases/matrix.js";
import { orderCases } from "./cases/order.js";
import { otherCases } from "./cases/other.js";
import { outputCases } from "./cases/output.js";
import { pruneCases } from "./cases/prune.js";
import { queueCases } from "./cases/queues.js";
import { scheduleCases } from "./cases/schedules.js";
import { settleCases } from "./cases/settle.js";
import { unclaimCases } from "./cases/unclaim.js";
import { uniqueCases } from "./cases/unique.js";
import { whereCases } from "./cases/where.js";
import type { OpenHarness, StoreHarness } from "./harness.js";

/** The harness of the case that runs. */
export type Current = () => StoreHarness;

const PARTS: Readonly<Record<string, (current: Current) => void>> = {
  insert: insertCases,
  admission: admissionCases,
  look: lookCases,
  where: whereCases,
  changes: changeCases,
  "changes of many jobs": bulkCases,
  "revivals of many jobs": bulkRevivalCases,
  edit: editCases,
  prune: pruneCases,
  claim: claimCases,
  "claim order": orderCases,
  leases: leaseCases,
  settle: settleCases,
  "output in chunks": outputCases,
  "claims ahead and their undo": unclaimCases,
  dependencies: dependencyCases,
  "unique keys": uniqueCases,
  limits: limitCases,
  fences: fenceCases,
  queues: queueCases,
  "back-channel": backChannelCases,
  "states and events": matrixCases,
  hooks: hookCases,
  "processes, settings, wake-ups": otherCases,
  schedules: scheduleCases,
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
