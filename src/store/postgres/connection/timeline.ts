/**
 * Fences never come twice, not even after a failover. A standby that is promoted may lack the last moments of the primary,
 * if it was not synchronous: its sequence of fences stands where it stood then, and would give numbers that were given
 * already. Each promotion begins a new timeline. The first process that meets one leaves a billion fences out, before it
 * does anything else. What the last moments held is lost all the same.
 */
import type { Work } from "../../shared/work.js";
import { command } from "../command.js";

/** The server's timeline. A control function would still tell the old one right after a promotion. */
export const TIMELINE = "substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)";

const LEFT_OUT = 1_000_000_000;

/** Whether the server's timeline is not the one of the queue. False where there is no queue yet. */
export function* isNewTimeline(): Work<boolean> {
  const known = yield command("SELECT to_regclass('installation') IS NOT NULL AS known");
  if (!(known.rows as { known: boolean }[])[0]?.known) return false;
  const { rows } = yield command(`SELECT timeline <> ${TIMELINE} AS changed FROM installation`);
  return (rows as { changed: boolean }[])[0]?.changed ?? false;
}

/** In a transaction that has the lock. Another process may have done it meanwhile. */
export function* beginTimeline(): Work<void> {
  const { rows } = yield command(
    `UPDATE installation SET timeline = ${TIMELINE} WHERE timeline <> ${TIMELINE} RETURNING true`,
  );
  if (rows.length > 0) yield command(`SELECT setval('fences', nextval('fences') + ${LEFT_OUT})`);
}
