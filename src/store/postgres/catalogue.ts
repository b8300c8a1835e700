/**
 * PostgreSQL's catalogue of statements: one file for each theme, put together here. The type requires every entry of
 * `Statements`.
 */
import type { Statements } from "../shared/statements/statements.js";
import { changes } from "./statements/changes-sql.js";
import { claims } from "./statements/claim-sql.js";
import { dependencies } from "./statements/dependencies-sql.js";
import { due } from "./statements/due-sql.js";
import { insert } from "./statements/insert-sql.js";
import { jobs } from "./statements/jobs-sql.js";
import { leases } from "./statements/leases-sql.js";
import { limits } from "./statements/limits-sql.js";
import { lists } from "./statements/list-sql.js";
import { processes } from "./statements/processes-sql.js";
import { prune } from "./statements/prune-sql.js";
import { queues } from "./statements/queues-sql.js";
import { schedules } from "./statements/schedules-sql.js";
import { parts, settings } from "./statements/settings-sql.js";
import { settle } from "./statements/settle-sql.js";

export const catalogue: Statements = {
  changes,
  claims,
  dependencies,
  due,
  insert,
  jobs,
  leases,
  limits,
  lists,
  parts,
  processes,
  prune,
  queues,
  schedules,
  settings,
  settle,
};
