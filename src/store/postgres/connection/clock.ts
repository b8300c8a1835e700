/**
 * The server's clock as this process knows it: its own monotonic clock, put right by each answer that says the server's
 * time. Half of the time that the answer took is the error, so a quick answer counts and a slow one does not, unless
 * the last good one is long ago.
 */
import { type Clock, systemClock } from "../../../core/clock.js";

/** In milliseconds. */
const QUICK = 50;
const OLD = 60_000;

export class ServerClock implements Clock {
  readonly #local: Clock;
  /** Of the server's time over the local monotonic clock. */
  #offset: number;
  #error = Number.POSITIVE_INFINITY;
  #learntAt = Number.NEGATIVE_INFINITY;

  constructor(local: Clock = systemClock) {
    this.#local = local;
    this.#offset = local.now() - local.monotonic();
  }

  now(): number {
    return Math.round(this.#local.monotonic() + this.#offset);
  }

  monotonic(): number {
    return this.#local.monotonic();
  }

  /** @param sentAt when the question went out, on the monotonic clock; the answer has just come */
  learn(serverTime: number, sentAt: number): void {
    const at = this.#local.monotonic();
    const error = (at - sentAt) / 2;
    if (error > QUICK && error > this.#error && at - this.#learntAt < OLD) return;
    this.#offset = serverTime - (sentAt + at) / 2;
    this.#error = error;
    this.#learntAt = at;
  }
}
