/**
 * Tells others of our writes, after the commit and in a statement of its own: a notification inside of a transaction
 * takes a lock that the whole server has once, until the commit is on disk.
 *
 * The first of a kind goes out at once. What follows within a moment is gathered into one, so a busy process sends at
 * most fifty a second.
 */
import type { ChangeKind } from "../../contract/wake-ups.js";

/** In milliseconds. */
const GATHER_MS = 20;
const LAST_WORDS_MS = 100;

export class Announcer {
  readonly #send: (about: readonly ChangeKind[]) => Promise<void>;
  readonly #sentAt = new Map<ChangeKind, number>();
  readonly #waiting = new Set<ChangeKind>();
  readonly #underWay = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  /** @param send never rejects */
  constructor(send: (about: readonly ChangeKind[]) => Promise<void>) {
    this.#send = send;
  }

  tell(kinds: Iterable<ChangeKind>): void {
    for (const kind of kinds) this.#waiting.add(kind);
    this.#sendDue();
  }

  /** Sends what is still gathered. Waits only a moment for it: others find the change at their next look. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#sendNow([...this.#waiting]);
    if (this.#underWay.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, LAST_WORDS_MS);
    });
    await Promise.race([Promise.all(this.#underWay), patience]);
    clearTimeout(timer);
  }

  #sendDue(): void {
    const now = performance.now();
    const rest = (kind: ChangeKind) => (this.#sentAt.get(kind) ?? Number.NEGATIVE_INFINITY) + GATHER_MS - now;
    this.#sendNow([...this.#waiting].filter((kind) => rest(kind) <= 0));
    if (this.#waiting.size === 0 || this.#timer !== undefined) return;
    const later = () => {
      this.#timer = undefined;
      this.#sendDue();
    };
    // Closing the store sends the rest, so this is no reason to stay alive.
    this.#timer = setTimeout(later, Math.max(1, Math.min(...[...this.#waiting].map(rest)))).unref();
  }

  #sendNow(kinds: readonly ChangeKind[]): void {
    if (kinds.length === 0) return;
    const now = performance.now();
    for (const kind of kinds) {
      this.#waiting.delete(kind);
      this.#sentAt.set(kind, now);
    }
    const sending = this.#send(kinds).finally(() => this.#underWay.delete(sending));
    this.#underWay.add(sending);
  }
}
