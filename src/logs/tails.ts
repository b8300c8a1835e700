/** The end of an attempt's output, for a look at the job. */

import type { Client } from "../queue/client.js";
import type { Attempt } from "../queue/jobs/job.js";
import { openStreams, type Source } from "./source.js";

/** A stream in the row is shown whole. From a longer one, this many bytes are shown. */
const TAIL_BYTES = 16 * 1024;

export interface Tails {
  readonly stdout: string;
  readonly stderr: string;
  /** See {@link Streams}. */
  readonly absence: string | null;
}

export async function readTails(client: Client, attempt: Attempt | undefined): Promise<Tails> {
  const streams = attempt && (await openStreams(client, attempt));
  if (!streams) return { stdout: "", stderr: "", absence: null };
  const { absence } = streams;
  return { stdout: await tail(streams.stdout), stderr: await tail(streams.stderr), absence };
}

async function tail(source: Source): Promise<string> {
  try {
    const from = Math.max(0, source.size - TAIL_BYTES);
    const bytes = await source.read(from, source.size - from);
    // If a character is cut, its remaining bytes would show as garbage.
    let start = 0;
    while (from > 0 && start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
    return bytes.toString("utf8", start);
  } finally {
    source.close();
  }
}
