/** Which of the registered processes count as present, for a look at the queue. */
import type { ProcessRecord } from "../store/contract/store.js";
import { livenessOf } from "../system/process/identity.js";

/** Three missed heartbeats of a worker. */
const SILENT_AFTER_MS = 15_000;

/**
 * A process of this host counts while it lives. A process of another host or pid namespace cannot be looked at, so it
 * counts while its heartbeat is fresh. @param now on the store's clock
 */
export function isPresent(process: ProcessRecord, now: number): boolean {
  const liveness = livenessOf(process);
  return liveness === "unknown" ? Math.abs(now - process.heartbeatAt) <= SILENT_AFTER_MS : liveness === "alive";
}
