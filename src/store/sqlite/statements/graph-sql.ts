import { sql } from "kysely";
import type { GraphStatements } from "../../shared/statements/graph.js";
import { statement } from "../statement.js";

export const graph: GraphStatements = {
  edgesOf: statement(
    (p) => sql`
      SELECT dependencies.child, jobs.seq AS parent, jobs.state = 'blocked' OR jobs.unmet = 1 AS moves
      FROM json_each(${p("children")}) CROSS JOIN dependencies ON dependencies.child = json_each.value
        CROSS JOIN jobs ON jobs.id = dependencies.parent`,
  ),
};
