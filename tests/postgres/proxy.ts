/** A way to the server's socket that can lose the answer to a COMMIT, or to a statement that commits itself: the server has done it, and the client is cut off. */

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class LossyProxy {
  readonly #server: Server;
  /** Directory of its socket, for `host=`. */
  readonly folder: string;
  /** Whether to lose the answer to the next of them. */
  loses = false;
  /** Answers lost. */
  lost = 0;

  private constructor(folder: string, target: string) {
    this.folder = folder;
    this.#server = createServer((client) => {
      const server = connect(target);
      let isCommitting = false;
      client.on("data", (bytes) => {
        if (this.loses && (bytes.includes("COMMIT\0") || bytes.includes("turn_1("))) isCommitting = true;
        server.write(bytes);
      });
      server.on("data", (bytes) => {
        if (isCommitting && this.loses) {
          // What the server says now is that it is committed.
          this.loses = false;
          this.lost++;
          client.destroy();
          server.destroy();
          return;
        }
        client.write(bytes);
      });
      for (const [one, other] of [
        [client, server],
        [server, client],
      ] as const) {
        one.on("error", () => other.destroy());
        one.on("close", () => other.destroy());
      }
    });
  }

  static async before(socketFolder: string): Promise<LossyProxy> {
    const folder = mkdtempSync(join(tmpdir(), "queuectl-proxy-"));
    const proxy = new LossyProxy(folder, join(socketFolder, ".s.PGSQL.5432"));
    proxy.#server.listen(join(folder, ".s.PGSQL.5432"));
    await once(proxy.#server, "listening");
    return proxy;
  }

  close(): void {
    this.#server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
