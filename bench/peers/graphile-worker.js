/** graphile-worker on PostgreSQL: one runner with concurrency 4, in a schema of its own that is dropped at the end. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { begin, finish, JOBS, load, shell } from "./library.js";

const { Logger, run, runMigrations } = load("graphile-worker");
const { Pool } = load("pg");
const schema = `bench_${randomUUID().replaceAll("-", "")}`;
const pgPool = new Pool({ connectionString: process.env.BENCH_POSTGRES_URL, max: 10 });
pgPool.on("error", console.error);
pgPool.on("connect", (client) => client.on("error", console.error));
const options = { pgPool, schema, logger: new Logger(() => () => {}), noHandleSignals: true };

await runMigrations(options);
await pgPool.query(`SELECT ${schema}.add_job('true') FROM generate_series(1, ${JOBS})`);
begin();
const runner = await run({ ...options, concurrency: 4, taskList: { true: shell } });
// It deletes what is done.
while ((await pgPool.query(`SELECT 1 FROM ${schema}.jobs LIMIT 1`)).rowCount > 0) await sleep(25);
await finish(async () => {
  await runner.stop();
  await pgPool.query(`DROP SCHEMA ${schema} CASCADE`);
});
