/**
 * Takes a job back from a worker that cannot finish it. First every process that the lost attempt left on this host is
 * killed; only then may the job move on. The attempt's output is kept, since it often explains the loss. If the command
 * of the attempt never began, its claim is undone.
 */

import type { Config } from "../config/config.js";
import type { Outcome } from "../core/job/outcome.js";
import { endLaunchers } from "../exec/processes/orphans.js";
import { killStrays } from "../exec/processes/strays.js";
import type { Home } from "../home/home.js";
import type { Lease, Settlement, Store } from "../store/contract/store.js";
import { failpoint } from "../system/failpoint.js";
import { hadBegun, hasOutput } from "./begun.js";
import { collectFiles } from "./files.js";
import { settlementOf } from "./settlement.js";

export interface QueueContext {
  readonly store: Store;
  readonly home: Home;
  readonly config: () => Promise<Config>;
}

export interface Reclaimed {
  /** Null: the command never began, and the claim was undone. */
  readonly settlement: Settlement | null;
  /** False: another process has ended this attempt. */
  readonly written: boolean;
}

export interface ReclaimOptions {
  /** Reclaim only at this renewal count of the lease. Null: at any. */
  readonly ifRenewals?: number | null;
  /** Whether the worker is known to be dead on this host, so that its launchers have no owner. */
  readonly isOrphan?: boolean;
  /** Whether the machine was restarted since the claim. A file that is missing then may have been lost with the power. */
  readonly rebooted?: boolean;
}

/** Without `ahead` and `pid` the command is taken to have begun. */
type LeaseToTake = Pick<Lease, "job" | "fence"> & Partial<Pick<Lease, "ahead" | "pid">>;

/** Resolves to null and changes nothing if a process of the attempt cannot be killed. */
export async function reclaim(
  { store, home, config }: QueueContext,
  { job, fence, ahead = false, pid = null }: LeaseToTake,
  outcome: Outcome,
  { ifRenewals = null, isOrphan = false, rebooted = false }: ReclaimOptions = {},
): Promise<Reclaimed | null> {
  if (isOrphan && job.workerId !== null && !(await endLaunchers(job.workerId))) return null;
  if (!(await killStrays({ home: home.dir, jobId: job.id, fence }))) return null;
  failpoint("reclaiming");
  const condition = ifRenewals === null ? {} : { ifRenewals };
  if (!rebooted && !hadBegun({ ahead, pid, hasOutput: hasOutput(home, fence) })) {
    const [written = false] = await store.leases.unclaim([{ jobId: job.id, fence, ...condition }]);
    return { settlement: null, written };
  }
  const files = collectFiles(home, fence, outcome);
  const end = { outcome, record: files.record, config: await config(), now: store.clock.now() };
  const settlement = { ...settlementOf(job, fence, end), ...condition };
  const [written = false] = await store.leases.settle([settlement]);
  if (written) files.discard();
  return { settlement, written };
}
