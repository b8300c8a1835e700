/** The line in the middle of an output that was cut: whoever follows such an output finds its place by it. */

/** @param left how many bytes of the command's are not there @param maxBytes what the output exceeded */
export function leftOutLine(left: number, maxBytes: number): string {
  return `\n… ${left} bytes left out, as the output exceeded ${maxBytes} bytes …\n`;
}

export interface LeftOut {
  /** Where the line begins and ends, in bytes of `text`. */
  readonly begin: number;
  readonly end: number;
  readonly left: number;
}

/** The first such line. */
export function findLeftOut(bytes: Buffer): LeftOut | null {
  const text = bytes.toString("latin1");
  const match = LINE.exec(text);
  return match && { begin: match.index, end: match.index + match[0].length, left: Number(match[1]) };
}

/** At most as long as any such line. */
export const LONGEST_LEFT_OUT = 128;

const dots = Buffer.from("…").toString("latin1");
const LINE = new RegExp(`\\n${dots} (\\d+) bytes left out, as the output exceeded \\d+ bytes ${dots}\\n`);
