/** Tells a user who waits for jobs, once, that no worker runs them. */
import type { Client } from "../../queue/client.js";
import { asTyped } from "../parse/typed-options.js";

const LOOK_AGAIN_MS = 1000;

export class NoWorkerRemark {
  readonly #client: Client;
  readonly #say: (text: string) => void;
  #told = false;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(client: Client, say: (text: string) => void) {
    this.#client = client;
    this.#say = say;
  }

  /** May be called at any rate. */
  async look(): Promise<void> {
    const now = performance.now();
    if (this.#told || now - this.#lookedAt < LOOK_AGAIN_MS) return;
    this.#lookedAt = now;
    const { supervisor, workers } = await this.#client.status();
    if (supervisor.running || workers.some(({ state }) => state !== "dead")) return;
    this.#told = true;
    this.#say(asTyped("no worker is running: start one with queuectl worker start --detach"));
  }
}
