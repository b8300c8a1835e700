/** Sizes as users type them: bytes, or a number with K, M, G (1024-based, as in coreutils). */
import { UsageError } from "../errors.js";

const UNIT = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 } as const;

/** @throws UsageError naming `what` if the text is no size */
export function parseSize(text: string | number, what: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(String(text).trim());
  const bytes = match ? Math.round(Number(match[1]) * UNIT[(match[2] ?? "").toUpperCase() as keyof typeof UNIT]) : -1;
  if (bytes >= 0 && Number.isSafeInteger(bytes)) return bytes;
  throw new UsageError(`${what} is ${JSON.stringify(text)}, which is not a size`, "give bytes, or 64K, 10M, 2G");
}

/** The shortest exact form that {@link parseSize} reads back. */
export function formatSize(bytes: number): string {
  for (const unit of ["T", "G", "M", "K"] as const) {
    if (bytes > 0 && bytes % UNIT[unit] === 0) return `${bytes / UNIT[unit]}${unit}`;
  }
  return String(bytes);
}

/** For a reader, with three digits at most: `84 KiB`, `1.5 GiB`. */
export function humanSize(bytes: number): string {
  const unit = (["TiB", "GiB", "MiB", "KiB"] as const).find((name) => bytes >= UNIT[name[0] as "T" | "G" | "M" | "K"]);
  if (unit === undefined) return `${bytes} bytes`;
  const value = bytes / UNIT[unit[0] as "T" | "G" | "M" | "K"];
  return `${value < 10 ? Math.floor(value * 10) / 10 : Math.floor(value)} ${unit}`;
}
