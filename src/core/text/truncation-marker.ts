/**
 * The truncation marker: the line in the middle of a cut output. A reader that follows the output finds its place by
 * it.
 */

/** @param left bytes of the output that are missing @param maxBytes limit that the output exceeded */
export function truncationMarker(left: number, maxBytes: number): string {
  return `\n… ${left} bytes left out, as the output exceeded ${maxBytes} bytes …\n`;
}

export interface TruncationMarker {
  /** Begin and end of the marker, in bytes of the output. */
  readonly begin: number;
  readonly end: number;
  readonly left: number;
}

/** The first marker in the bytes. Null: there is none. */
export function findTruncationMarker(bytes: Buffer): TruncationMarker | null {
  const text = bytes.toString("latin1");
  const match = LINE.exec(text);
  return match && { begin: match.index, end: match.index + match[0].length, left: Number(match[1]) };
}

/** Upper bound of a marker's length, in bytes. */
export const LONGEST_TRUNCATION_MARKER = 128;

const dots = Buffer.from("…").toString("latin1");
const LINE = new RegExp(`\\n${dots} (\\d+) bytes left out, as the output exceeded \\d+ bytes ${dots}\\n`);
