/** BullMQ on Redis: one worker with concurrency 4. */
import { randomUUID } from "node:crypto";
import { begin, ended, JOBS, load, shell } from "./library.js";

const { Queue, Worker } = load("bullmq");
const name = `bench-${randomUUID()}`;
const connection = { url: process.env.BENCH_REDIS_URL, maxRetriesPerRequest: null };

const queue = new Queue(name, { connection });
await queue.addBulk(Array.from({ length: JOBS }, () => ({ name: "true", data: {} })));
const worker = new Worker(name, shell, { connection, concurrency: 4, autorun: false });
worker.on("completed", () => ended(() => queue.obliterate({ force: true })));
await worker.waitUntilReady();
begin();
await worker.run();
