/** pg-boss on PostgreSQL: it fetches on a timer, so it gets large batches and works four at a time through each. */
import { randomUUID } from "node:crypto";
import { begin, ended, JOBS, load, shell } from "./library.js";

const module = load("pg-boss");
const { Pool } = load("pg");
const PgBoss = module.PgBoss ?? module;
const BATCH = 250;
const connectionString = process.env.BENCH_POSTGRES_URL;
const schema = `bench_${randomUUID().replaceAll("-", "")}`;

const boss = new PgBoss({ connectionString, schema, supervise: false, schedule: false });
boss.on("error", (error) => console.error(error));
await boss.start();
await boss.createQueue("true");
await boss.insert(Array.from({ length: JOBS }, () => ({ name: "true", data: {} })));

const pool = new Pool({ connectionString });
const drop = () => pool.query(`DROP SCHEMA ${schema} CASCADE`);
begin();
await boss.work("true", { batchSize: BATCH, pollingIntervalSeconds: 0.5 }, async (batch) => {
  const waiting = [...batch];
  const slot = async () => {
    while (waiting.pop() !== undefined) {
      await shell();
      // Recorded with its batch only; the last one is counted a moment too early, in its favour.
      ended(drop);
    }
  };
  await Promise.all([slot(), slot(), slot(), slot()]);
});
