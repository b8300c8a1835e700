/** A timer for any length, for whatever somebody may configure: Node's own fires at once above 24.8 days. */
const LONGEST_MS = 2 ** 31 - 1;

/** Calls `fire` in `ms` milliseconds; returns what takes it back. */
export function after(ms: number, fire: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (leftMs: number): void => {
    timer = setTimeout(() => (leftMs > LONGEST_MS ? wait(leftMs - LONGEST_MS) : fire()), Math.min(leftMs, LONGEST_MS));
  };
  wait(ms);
  return () => clearTimeout(timer);
}
