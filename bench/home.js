/** A home with a queue in it, and its supervisor: what the measurements do with one. */
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { Client, contextOf } from "../src/queue/client.js";
import { enqueuePrepared, prepareFromJson } from "../src/queue/json-jobs.js";
import { until } from "./measure.js";
import { PROGRAM, start } from "./processes.js";
import { newFolder, removeFolder } from "./workspace.js";

export class Home {
  folder = newFolder("home");
  dir = join(this.folder, "home");
  db = join(this.dir, "queuectl.db");

  async open() {
    this.client = await Client.open({ home: this.dir, db: this.db });
    /** For what is measured below the library. */
    this.store = contextOf(this.client).store;
    /** For what no user does: stores full of other jobs, and a look at the results. */
    this.sql = new Database(this.db);
    return this;
  }

  /** In the foreground, its log in a file. Resolves, to the moment, when it says that it is ready. */
  async start(count, concurrency = 1) {
    const log = openSync(join(this.folder, "log"), "a");
    const words = [PROGRAM, "worker", "start", `--count=${count}`, `--concurrency=${concurrency}`];
    const child = start(process.execPath, words, {
      env: { QUEUECTL_HOME: this.dir },
      stdio: ["ignore", "pipe", log],
      cwd: this.folder,
    });
    closeSync(log);
    this.supervisor = child;
    await new Promise((resolve, reject) => {
      child.stdout.on("data", (text) => String(text).includes("started") && resolve());
      child.on("exit", (code) => reject(new Error(`the supervisor exited with ${code}`)));
    });
    return performance.now();
  }

  /** Starts it, and waits until all workers wait for jobs. */
  async work(count, concurrency) {
    await this.start(count, concurrency);
    await until(async () => {
      const { workers } = await this.client.status();
      return workers.filter(({ state }) => state === "idle").length === count;
    });
  }

  prepare(spec) {
    return prepareFromJson(this.client, { cwd: this.folder, ...spec });
  }

  /** Prepared as the command line prepares them, enqueued in one transaction. */
  async enqueue(count, spec) {
    const jobs = Array.from({ length: count }, () => this.prepare(spec));
    await enqueuePrepared(this.client, [jobs]);
    return jobs;
  }

  /** Nothing is claimed until `resume`. */
  pause() {
    this.sql.prepare("INSERT INTO queues (name, paused) VALUES ('default', 1)").run();
  }

  resume() {
    this.sql.prepare("DELETE FROM queues WHERE name = 'default'").run();
  }

  async stop() {
    if (this.supervisor === undefined || this.supervisor.exitCode !== null || this.supervisor.signalCode !== null)
      return;
    const gone = once(this.supervisor, "exit");
    this.supervisor.kill("SIGTERM");
    await gone;
  }

  /** So that the next process is alone with the database: the last one to close it writes its log back. */
  async disconnect() {
    await this.client.close();
    this.sql.close();
  }

  async close() {
    await this.stop();
    if (this.sql.open) await this.disconnect();
    removeFolder(this.folder);
  }
}
