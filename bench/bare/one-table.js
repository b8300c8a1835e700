/** The floor of `enqueue --file`: see the notes in ../bulk.js. BENCH_TABLE names its database. */
import { readFileSync } from "node:fs";
import Database from "better-sqlite3";

const db = new Database(process.env.BENCH_TABLE);
db.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE jobs (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, command TEXT NOT NULL, state TEXT NOT NULL, queue TEXT NOT NULL,
    priority INTEGER NOT NULL, cwd TEXT NOT NULL, env TEXT NOT NULL, tags TEXT NOT NULL, run_at INTEGER NOT NULL, created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL);
  CREATE UNIQUE INDEX jobs_by_id ON jobs (id)`);
const insert = db.prepare(`
  INSERT INTO jobs (state, created_at, updated_at, id, command, queue, priority, cwd, env, tags, run_at)
  VALUES ('pending', @now, @now, @id, @command, @queue, @priority, @cwd, @env, @tags, @now)`);
const cwd = process.cwd();
const now = Date.now();

db.transaction(() => {
  for (const line of readFileSync(process.argv[2], "utf8").split("\n")) {
    if (line === "") continue;
    const { id, command, queue, priority, env, tags } = JSON.parse(line);
    insert.run({
      id,
      command: JSON.stringify(command),
      queue: queue ?? "default",
      priority: priority ?? 0,
      cwd,
      env: JSON.stringify(env ?? {}),
      tags: JSON.stringify(tags ?? []),
      now,
    });
  }
}).immediate();
db.close();
