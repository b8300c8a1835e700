/**
 * Waits for a fact, never for time. It asks until the fact holds; if it never does, the error says what it waited for.
 */
import { setTimeout as sleep } from "node:timers/promises";

const ASK_EVERY_MS = 10;

/** Resolves to the first answer that is neither undefined nor false. @throws Error after `timeoutMs` */
export async function waitFor<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await sleep(ASK_EVERY_MS);
  }
}
