/** The end of an attempt's output, for a look at the job. */

import type { Client } from "../queue/client.js";
import type { Attempt } from "../queue/jobs/job.js";
import { openStreams, type Source } from "./source.js";

/** A stream in the row is shown whole. From a longer one, this many bytes are shown. */
const TAIL_BYTES = 16 * 1024;

export interface Tails {
  readonly stdout: string;
  readonly stderr: string;
}

export async function readTails(client: Client, attempt: Attempt | undefined): Promise<Tails> {
  const streams = attempt && (await openStreams(client, attempt));
  if (!streams) return { stdout: "", stderr: "" };
  return { stdout: tail(streams.stdout), stderr: tail(streams.stderr) };
}

function tail(source: Source): string {
  try {
    const from = Math.max(0, source.size - TAIL_BYTES);
    const bytes = source.read(from, source.size - from);
    // If a character is cut, its remaining bytes would show as garbage.
    let start = 0;
    while (from > 0 && start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
    return bytes.toString("utf8", start);
  } finally {
    source.close();
  }
}
