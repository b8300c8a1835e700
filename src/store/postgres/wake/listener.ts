/**
 * Hears of the writes of others over a connection of its own, made for the first that listens. A connection can be deaf
 * without an error: a pooler in transaction mode accepts LISTEN and passes nothing on, and a broken network path says
 * nothing at all. So now and then a message is sent over the other connection of this process and has to arrive here.
 * While none does, the listeners are woken once a second to look for themselves.
 */
import { CHANGE_KINDS, type ChangeKind } from "../../contract/wake-ups.js";
import { Heard, type Hearing, type Wake } from "../../hearing.js";
import { command } from "../command.js";
import type { Client } from "../connection/client.js";
import { decode } from "./channel.js";

export interface ListenerOptions {
  /** Makes the connection. */
  connect(events: { onMessage: (text: string) => void; onLost: () => void }): Client;
  readonly channel: string;
  /** Name of this store in its messages. */
  readonly self: string;
  /** Sends a message about nothing over the other connection. */
  readonly ping: () => Promise<void>;
}

/** In milliseconds. */
const LOOK_MS = 1000;
const UNHEARD_MS = 10_000;
const TRY_EVERY_MS = 10_000;
const HEARD_WITHIN_MS = 2000;
const PAUSES = [100, 1000, 5000, 30_000] as const;

export class Listener implements Hearing {
  readonly #options: ListenerOptions;
  /** Each with whether it is woken by our own writes too. */
  readonly #listeners = new Map<Wake, boolean>();
  readonly #heard = new Heard(UNHEARD_MS);
  #client: Client | undefined;
  #hears = false;
  /** Whether the last message to ourselves has come. */
  #heardItself = false;
  #closed = false;
  #looking: NodeJS.Timeout | undefined;
  /** Ends the current wait. True: what was waited for has come. */
  #end: (come: boolean) => void = () => {};

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  on(wake: Wake, ownToo = false): () => void {
    const listener: Wake = (about) => wake(about);
    this.#listeners.set(listener, ownToo);
    if (this.#client === undefined && !this.#closed) {
      this.#client = this.#options.connect({
        onMessage: (text) => this.#received(text),
        onLost: () => this.#end(false),
      });
      void this.#stay(this.#client);
    }
    this.#lookIfDeaf();
    return () => {
      this.#listeners.delete(listener);
      this.#lookIfDeaf();
    };
  }

  hears(): boolean {
    return this.#hears;
  }

  version(): unknown {
    return this.#hears ? this.#heard.version() : null;
  }

  close(): void {
    this.#closed = true;
    this.#listeners.clear();
    this.#hears = false;
    this.#lookIfDeaf();
    this.#end(false);
    this.#client?.drop();
  }

  /** Connects, again and again, and listens as long as it can. */
  async #stay(client: Client): Promise<void> {
    for (let failures = 0; !this.#closed; failures++) {
      try {
        await client.connect();
        if (this.#closed) break;
        await client.query(command(`LISTEN ${this.#options.channel}`));
        client.unref();
        while (client.isConnected && (await this.#hearsItself())) {
          failures = 0;
          this.#turn(true);
          await this.#wait(TRY_EVERY_MS);
        }
      } catch {
        // What is wrong with the server is said by the other connection.
      }
      client.drop();
      this.#turn(false);
      await this.#wait(PAUSES[Math.min(failures, PAUSES.length - 1)] ?? 0);
    }
    client.drop();
  }

  /** The message may be here before the answer of the connection that sent it. */
  async #hearsItself(): Promise<boolean> {
    this.#heardItself = false;
    await this.#options.ping();
    return this.#heardItself || this.#wait(HEARD_WITHIN_MS);
  }

  /** What was missed meanwhile is unknown, so all look when it turns. */
  #turn(hears: boolean): void {
    if (this.#closed || hears === this.#hears) return;
    this.#hears = hears;
    this.#lookIfDeaf();
    this.#wake(CHANGE_KINDS);
  }

  #received(text: string): void {
    const { from, about } = decode(text);
    if (from === this.#options.self) {
      if (about.length > 0) return this.#call(about, true);
      this.#heardItself = true;
      this.#end(true);
      return;
    }
    this.#wake(about);
  }

  #wake(about: readonly ChangeKind[]): void {
    if (about.length === 0) return;
    this.#heard.add();
    this.#call(about, false);
  }

  #call(about: readonly ChangeKind[], isOwn: boolean): void {
    for (const [listener, ownToo] of [...this.#listeners]) if (ownToo || !isOwn) listener(about);
  }

  #lookIfDeaf(): void {
    if (this.#hears || this.#listeners.size === 0) {
      clearInterval(this.#looking);
      this.#looking = undefined;
    } else {
      this.#looking ??= setInterval(() => this.#wake(CHANGE_KINDS), LOOK_MS).unref();
    }
  }

  /** Resolves to false when the time is over or the connection is lost, to true when our own message came. */
  #wait(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#end(false), ms).unref();
      this.#end = (come) => {
        clearTimeout(timer);
        this.#end = () => {};
        resolve(come);
      };
    });
  }
}
