import { sql } from "kysely";
import type { PartStatements } from "../../shared/statements/statements.js";
import { statement } from "../statement.js";

export const parts: PartStatements = {
  begin: statement(() => sql`SAVEPOINT part`),
  undo: statement(() => sql`ROLLBACK TO SAVEPOINT part`),
  end: statement(() => sql`RELEASE SAVEPOINT part`),
};
