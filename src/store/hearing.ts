/**
 * Where a process hears of the writes of others, for a database that tells only a connection that listens. A
 * supervisor listens to the server. Its workers hear of it from their supervisor ({@link Told}): a hundred workers on
 * ten hosts are ten listeners.
 */
import type { ChangeKind } from "./contract/wake-ups.js";

export type Wake = (about: readonly ChangeKind[]) => void;

export interface Hearing {
  /** Calls `wake` after a write. Returns a function that ends it. @param ownToo also after a write of this process */
  on(wake: Wake, ownToo?: boolean): () => void;
  /** Whether each write is heard of at once. */
  hears(): boolean;
  /** A value that is another one after a write was heard of, and now and then without cause. Null: it is not known. */
  version(): unknown;
  close(): void;
}

/**
 * A count of what was heard of. A message can be lost with the process that should send it, so now and then the count
 * grows by itself. It does so at another time in each process.
 */
export class Heard {
  readonly #everyMs: number;
  readonly #phase = Math.random();
  #count = 0;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  add(): void {
    this.#count++;
  }

  version(): string {
    return `${this.#count}.${Math.floor(performance.now() / this.#everyMs + this.#phase)}`;
  }
}

/** In milliseconds. There are several workers, so one of them looks sooner. */
const UNTOLD_MS = 20_000;

/** The hearing of a worker. What comes while it does not listen is kept until it does. */
export class Told implements Hearing {
  readonly #listeners = new Set<Wake>();
  readonly #heard = new Heard(UNTOLD_MS);
  readonly #missed = new Set<ChangeKind>();
  #hears = false;

  /** @param hears whether the supervisor hears of each write at once */
  tell(about: readonly ChangeKind[], hears: boolean): void {
    this.#hears = hears;
    this.#heard.add();
    if (this.#listeners.size === 0) for (const kind of about) this.#missed.add(kind);
    for (const listener of [...this.#listeners]) listener(about);
  }

  on(wake: Wake): () => void {
    const listener: Wake = (about) => wake(about);
    this.#listeners.add(listener);
    if (this.#missed.size > 0) setImmediate(() => this.#catchUp());
    return () => this.#listeners.delete(listener);
  }

  hears(): boolean {
    return this.#hears;
  }

  version(): unknown {
    return this.#hears ? this.#heard.version() : null;
  }

  close(): void {
    this.#listeners.clear();
  }

  #catchUp(): void {
    if (this.#listeners.size === 0) return;
    const about = [...this.#missed];
    this.#missed.clear();
    for (const listener of [...this.#listeners]) listener(about);
  }
}
