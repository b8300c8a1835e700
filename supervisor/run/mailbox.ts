/**
 * Feeds messages to a handler one at a time, in the order in which they were sent. A message that the handler sends
 * while it works waits its turn, so that a step is never entered twice.
 */
export class Mailbox<Message> {
  readonly #handle: (message: Message) => void;
  readonly #waiting: Message[] = [];
  #busy = false;

  constructor(handle: (message: Message) => void) {
    this.#handle = handle;
  }

  send(message: Message): void {
    this.#waiting.push(message);
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) this.#handle(next);
    } finally {
      this.#busy = false;
    }
  }
}
