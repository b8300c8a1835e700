/** What each worker serves, so that whoever asks why a job waits can be told. */
import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  // A JSON list; null: every queue. A worker of an older version did not say.
  `ALTER TABLE processes ADD COLUMN queues TEXT CHECK (queues IS NULL OR (json_valid(queues) AND json_type(queues) = 'array'))`,
  `ALTER TABLE processes ADD COLUMN slots INTEGER NOT NULL DEFAULT 1 CHECK (slots >= 0)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
