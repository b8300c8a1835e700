/** A timer for any length. Node's own fires at once above 24.8 days, and a user may configure more. */
const LONGEST_MS = 2 ** 31 - 1;

/** Calls `fire` in `ms` milliseconds. Returns a function that cancels the call. */
export function after(ms: number, fire: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (leftMs: number): void => {
    timer = setTimeout(() => (leftMs > LONGEST_MS ? wait(leftMs - LONGEST_MS) : fire()), Math.min(leftMs, LONGEST_MS));
  };
  wait(ms);
  return () => clearTimeout(timer);
}
