/**
 * Builds the record of an attempt's end, the same for the worker that saw the command end and for the reaper that takes
 * its job back. The job's texts are cut to a form that every database stores.
 */
import { type Config, retryPolicy } from "../config/config.js";
import { decide } from "../core/job/decide.js";
import type { Job } from "../core/job/job.js";
import type { Outcome } from "../core/job/outcome.js";
import { storable } from "../core/text/storable.js";
import type { Settlement } from "../store/contract/store.js";
import type { AttemptFiles } from "./files.js";

interface End {
  readonly outcome: Outcome;
  readonly record: AttemptFiles["record"];
  readonly config: Config;
  /** On the store's clock. */
  readonly now: number;
}

export function settlementOf(job: Job, fence: number, { outcome, record, config, now }: End): Settlement {
  const { output, result, reason, remark } = record;
  return {
    jobId: job.id,
    fence,
    outcome: outcome.kind === "not-started" ? { ...outcome, message: storable(outcome.message) } : outcome,
    decision: decide(job, outcome, retryPolicy(config, job.options.policy), { now }),
    output,
    result: result && storable(result),
    reason: reason && storable(reason),
    remark: remark && storable(remark),
  };
}

/**
 * For a store that refuses the texts of a settlement: all countable parts, and the reason why the texts are missing.
 */
export function withoutTexts(settlement: Settlement, error: unknown): Settlement {
  const { outcome } = settlement;
  const why = error instanceof Error ? error.message : String(error);
  return {
    ...settlement,
    outcome: outcome.kind === "not-started" ? { ...outcome, message: "the reason could not be stored" } : outcome,
    result: null,
    reason: null,
    remark: `its texts could not be stored: ${storable(why)}`,
  };
}
