/** The program on a schema of a PostgreSQL server. Two boxes with one schema are two homes of one queue. */
import { Sandbox } from "../support/sandbox.js";
import type { PostgresServer } from "./server.js";

let schemas = 0;

export class PostgresBox extends Sandbox {
  readonly url: string;

  /** @param url another box's, to share its queue */
  constructor(server: PostgresServer, url = server.url(`&schema=process_${process.pid}_${++schemas}`)) {
    super();
    this.url = url;
    this.env.QUEUECTL_DB = url;
  }

  /** Makes the queue. */
  async migrated(): Promise<this> {
    await this.ok("db", "migrate");
    return this;
  }
}
