/** Brings the schema of a database up to date. SQLite's files are brought up to date by every command that opens them. */
import { assertNever } from "../core/assert-never.js";
import type { DatabaseLocation } from "./location.js";
import { openStore } from "./open.js";
import type { SchemaChange } from "./postgres/migrations/migrate.js";

export type { SchemaChange } from "./postgres/migrations/migrate.js";

export interface MigrateOptions {
  readonly database: DatabaseLocation;
  /** Directory of the home. */
  readonly home: string;
  /** Whether to say only what would be done. */
  readonly dryRun: boolean;
}

/** Null: its kind of database needs no such call. @throws QueuectlError if it cannot be done */
export async function migrateDatabase({ database, home, dryRun }: MigrateOptions): Promise<SchemaChange | null> {
  switch (database.kind) {
    case "sqlite": {
      if (!dryRun) await (await openStore({ database, home })).close();
      return null;
    }
    case "postgres": {
      const { connect } = await import("./postgres/store.js");
      const { migrate, schemaChange } = await import("./postgres/migrations/migrate.js");
      const connection = connect({ database, home });
      try {
        const { schema } = database.address;
        return await (dryRun ? connection.run(schemaChange(schema)) : migrate(connection, schema));
      } finally {
        await connection.close();
      }
    }
    default:
      return assertNever(database);
  }
}
