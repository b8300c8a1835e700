/**
 * Takes a job back from a worker that cannot finish it. First every process that the lost attempt left on this host is
 * killed; only then may the job move on. The attempt's output is kept, since it often explains the loss. If the command
 * of the attempt never began, its claim is undone.
 *
 * The files of a worker on another host cannot be read here. The attempt then says which host has its output, and a
 * supervisor there attaches it, see `late-output.ts`.
 */

import type { Config } from "../config/config.js";
import type { Outcome } from "../core/job/outcome.js";
import { endLaunchers } from "../exec/processes/orphans.js";
import { killStrays } from "../exec/processes/strays.js";
import type { Home } from "../home/home.js";
import type { Lease, Settlement, Store } from "../store/contract/store.js";
import { failpoint } from "../system/failpoint.js";
import { hadBegun, hasOutput, outputExists } from "./begun.js";
import { type AttemptFiles, collectFiles } from "./files.js";
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
  /** Name of the worker's host, if that is another one; empty if it is not known. Left out: its files are in the home. */
  readonly elsewhere?: string;
}

/** Without `ahead` and `pid` the command is taken to have begun. */
type LeaseToTake = Pick<Lease, "job" | "fence"> & Partial<Pick<Lease, "ahead" | "pid">>;

/** Resolves to null and changes nothing if a process of the attempt cannot be killed. */
export async function reclaim(
  { store, home, config }: QueueContext,
  { job, fence, ahead = false, pid = null }: LeaseToTake,
  outcome: Outcome,
  { ifRenewals = null, isOrphan = false, rebooted = false, elsewhere }: ReclaimOptions = {},
): Promise<Reclaimed | null> {
  if (isOrphan && job.workerId !== null && !(await endLaunchers(job.workerId))) return null;
  if (!(await killStrays({ home: home.dir, jobId: job.id, fence }))) return null;
  failpoint("reclaiming");
  const condition = ifRenewals === null ? {} : { ifRenewals };
  const isHere = elsewhere === undefined || outputExists(home, fence);
  if (!rebooted && isHere && !hadBegun({ ahead, pid, hasOutput: hasOutput(home, fence) })) {
    const [written = false] = await store.leases.unclaim([{ jobId: job.id, fence, ...condition }]);
    return { settlement: null, written };
  }
  const files = isHere ? await collectFiles({ home, chunks: store.chunks }, fence, outcome) : filesOf(elsewhere);
  const end = { outcome, record: files.record, config: await config(), now: store.clock.now() };
  const settlement = { ...settlementOf(job, fence, end), ...condition };
  const [written = false] = await store.leases.settle([settlement]);
  if (written) files.discard();
  return { settlement, written };
}

/** What is known of the files of an attempt on that host. */
function filesOf(host: string): AttemptFiles {
  const none = { bytes: 0, text: Buffer.alloc(0), place: { kind: "row" } } as const;
  const output = { stdout: none, stderr: none, host };
  return { record: { output, result: null, reason: null, remark: null }, discard() {} };
}
