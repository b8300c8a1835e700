/**
 * Attaches output to an attempt that was ended from another host while this one could not be reached. Nothing else knows
 * of the files then.
 */
import type { Home } from "../home/home.js";
import type { OutputChunks } from "../store/contract/store.js";
import { collectStreams } from "./files.js";

/** Resolves to whether no attempt waits for these files any more. */
export async function attachLate(chunks: OutputChunks, home: Home, fence: number): Promise<boolean> {
  if ((await chunks.awaited([fence])).length === 0) return true;
  const { output, discard } = await collectStreams({ home, chunks }, fence);
  if (!(await chunks.attach(fence, output))) return false;
  discard();
  return true;
}
