/** `enqueue --file` with bare SQLite into our own tables: see the notes in ../bulk.js. QUEUECTL_DB names the database, which is there and empty. */
import { readFileSync } from "node:fs";
import Database from "better-sqlite3";

const db = new Database(process.env.QUEUECTL_DB);
db.exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
const insert = db.prepare(`
  INSERT INTO jobs (state, created_at, updated_at, id, command, queue, priority, max_retries, timeout_ms, backoff_base, cwd, env, tags, run_at)
  VALUES ('pending', @now, @now, @id, @command, @queue, @priority, @max_retries, @timeout_ms, @backoff_base, @cwd, @env, @tags, @now)`);
const cwd = process.cwd();
const now = Date.now();

db.transaction(() => {
  for (const line of readFileSync(process.argv[2], "utf8").split("\n")) {
    if (line === "") continue;
    const { id, command, queue, priority, max_retries, timeout, backoff_base, env, tags } = JSON.parse(line);
    insert.run({
      id,
      command: JSON.stringify(command),
      queue: queue ?? "default",
      priority: priority ?? 0,
      max_retries: max_retries ?? null,
      timeout_ms: timeout ?? null,
      backoff_base: backoff_base ?? null,
      cwd,
      env: JSON.stringify(env ?? {}),
      tags: JSON.stringify(tags ?? []),
      now,
    });
  }
}).immediate();
db.close();
