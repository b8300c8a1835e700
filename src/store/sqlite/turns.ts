import { setImmediate as nextTurn } from "node:timers/promises";

/** Rows that are handled between two turns of the event loop: a few milliseconds' worth. */
export const ROWS_PER_TURN = 1000;

/** Handles items one after another and lets the event loop turn now and then: awaiting a synchronous driver does not. */
export async function inTurns<T>(
  items: readonly T[],
  handle: (item: T, index: number) => Promise<void>,
): Promise<void> {
  for (const [index, item] of items.entries()) {
    await handle(item, index);
    if ((index + 1) % ROWS_PER_TURN === 0) await nextTurn();
  }
}

/** The ranges `[from, to)` that cover 0 to `size`, one for each turn of the event loop. */
export async function* rangesInTurns(size: number): AsyncGenerator<{ from: number; to: number }> {
  for (let from = 0; from < size; from += ROWS_PER_TURN) {
    yield { from, to: Math.min(from + ROWS_PER_TURN, size) };
    await nextTurn();
  }
}
