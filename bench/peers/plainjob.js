/** plainjob on SQLite: four workers, since each runs one job at a time. */
import Database from "better-sqlite3";
import { begin, ended, JOBS, load, shell } from "./library.js";

const { better, defineQueue, defineWorker } = load("plainjob");
const logger = { debug() {}, info() {}, warn: console.error, error: console.error };
const queue = defineQueue({ connection: better(new Database("plainjob.db")), logger });
queue.addMany(
  "true",
  Array.from({ length: JOBS }, () => ({})),
);
begin();
for (let n = 0; n < 4; n++) void defineWorker("true", shell, { queue, logger, onCompleted: () => ended() }).start();
