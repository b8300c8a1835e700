import type { SchemaChange } from "../queue/database.js";

/** Null: a database whose schema every command keeps up to date. */
export function schemaChangeToJson(database: string, change: SchemaChange | null, isDone: boolean) {
  return { database, from: change?.from ?? null, to: change?.to ?? null, changed: isDone && wouldChange(change) };
}

function wouldChange(change: SchemaChange | null): boolean {
  return change !== null && change.from !== change.to;
}
