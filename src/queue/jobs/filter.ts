/** Chooses jobs, and their order. */
import type { Config } from "../../config/config.js";
import type { JobState } from "../../core/job/state.js";
import type { Condition } from "../../core/where/condition.js";
import type { GraphOrder, JobFilter as StoreFilter } from "../../store/contract/store.js";
import { checkOptions } from "../options.js";

export type { GraphOrder } from "../../store/contract/store.js";

const STORE_ORDER = { created: "created", updated: "updated", runAt: "run_at", priority: "priority" } as const;

export type JobOrder = keyof typeof STORE_ORDER;

export interface JobFilter {
  readonly states?: readonly JobState[];
  readonly queue?: string;
  /** A job needs every one of these. */
  readonly tags?: readonly string[];
  /**
   * An expression of `queuectl list --where`: `"state=failed and updated<1h"`. Ages count from the beginning of the
   * list.
   */
  readonly where?: string | Condition;
  /** Leaves out jobs whose end is acknowledged, as the dead-letter queue does. */
  readonly unacknowledged?: boolean;
  readonly limit?: number;
  /** Default `created`, oldest first; `priority` is highest first. Equal jobs come in the order of creation. */
  readonly order?: JobOrder;
  /** Reverses the whole list. */
  readonly reverse?: boolean;
}

const FILTER_KEYS = ["states", "queue", "tags", "where", "unacknowledged", "limit", "order", "reverse"];

export interface PagesOptions {
  /**
   * Order of dependent jobs: `parents-first` for a retry page by page, `children-first` for cancelling and deleting.
   * Default: the filter's order.
   */
  readonly graphOrder?: GraphOrder;
}

/** @param method its name for the caller @throws UsageError if a key is unknown, or an expression is wrong */
export async function storeFilter(method: string, filter: JobFilter, { values }: Config): Promise<StoreFilter> {
  checkOptions(method, filter, FILTER_KEYS);
  const { where, order, ...rest } = filter;
  return {
    ...rest,
    ...(order !== undefined && { order: STORE_ORDER[order] }),
    ...(where !== undefined && { where: await condition(where), defaultMaxRetries: values["max-retries"] }),
  };
}

async function condition(where: string | Condition): Promise<Condition> {
  if (typeof where !== "string") return where;
  const { parseWhere } = await import("../../core/where/parse.js");
  return parseWhere(where, '"where"');
}
