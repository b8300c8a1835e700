/**
 * SQLite's catalogue of statements: a file for each theme, put together here. That none is missing is held by the type: without an
 * entry of `Statements` this does not compile. How SQLite finds the rows of each is held by tests/store/sqlite/plan.test.ts.
 */
import type { Statements } from "../shared/statements/statements.js";
import { claims } from "./statements/claim-sql.js";
import { due } from "./statements/due-sql.js";
import { graph } from "./statements/graph-sql.js";
import { insert } from "./statements/insert-sql.js";
import { jobs } from "./statements/jobs-sql.js";
import { leases } from "./statements/leases-sql.js";
import { lists } from "./statements/list-sql.js";
import { parts } from "./statements/parts-sql.js";
import { processes } from "./statements/processes-sql.js";
import { prune } from "./statements/prune-sql.js";
import { queues } from "./statements/queues-sql.js";
import { schedules } from "./statements/schedules-sql.js";
import { settings } from "./statements/settings-sql.js";

export const catalogue: Statements = {
  claims,
  due,
  graph,
  insert,
  jobs,
  leases,
  lists,
  parts,
  processes,
  prune,
  queues,
  schedules,
  settings,
};
