/** A receiver of webhooks that remembers its requests and answers on demand. */
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export class Receiver {
  readonly requests: Received[] = [];
  /** Statuses of the next answers; 200 when there are no more. */
  answers: number[] = [];
  /** Answers are held back until it resolves. */
  held: Promise<void> = Promise.resolve();
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  static listen(): Promise<Receiver> {
    return new Promise((resolve) => {
      const server = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", async () => {
          const { method, url: path, headers } = request;
          receiver.requests.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
          const status = receiver.answers.shift() ?? 200;
          await receiver.held;
          response.writeHead(status, { location: "/elsewhere" }).end("so it is");
        });
      });
      let receiver: Receiver;
      server.listen(0, "127.0.0.1", () => {
        receiver = new Receiver(server);
        resolve(receiver);
      });
    });
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
