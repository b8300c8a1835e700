/** Looks again and again until something has happened, tells now and then what is still missing, and gives up in time. */

/** What a look found: the result, or what is still missing. */
export type Look<Result, Missing> = { readonly result: Result } | { readonly missing: Missing };

export interface Patience<Missing> {
  readonly timeoutMs: number;
  /** Pause between two looks, in milliseconds. */
  readonly pauseMs: number;
  /** Called about once a second, and awaited. */
  tell?(missing: Missing): Promise<void>;
  /** The error to throw when the time is over. */
  late(missing: Missing): Error | Promise<Error>;
}

const TELL_EVERY_MS = 1000;

/** Looks once at least. @throws what {@link Patience.late} gives */
export async function waitUntil<Result, Missing>(
  look: () => Promise<Look<Result, Missing>>,
  patience: Patience<Missing>,
): Promise<Result> {
  const began = performance.now();
  for (let told = began; ; ) {
    const found = await look();
    if ("result" in found) return found.result;
    const now = performance.now();
    if (now - began > patience.timeoutMs) throw await patience.late(found.missing);
    if (now - told >= TELL_EVERY_MS) {
      told = now;
      await patience.tell?.(found.missing);
    }
    await new Promise((wake) => setTimeout(wake, patience.pauseMs));
  }
}
