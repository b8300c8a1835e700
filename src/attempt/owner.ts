/** Where the files of a worker are that another process takes a job from. */
import { type Home, homeAt } from "../home/home.js";
import type { ProcessRecord, Store } from "../store/contract/store.js";
import { livenessOf } from "../system/process/identity.js";

export interface OwnersFiles {
  readonly home: Home;
  readonly elsewhere?: string;
}

/**
 * Two homes of a host may work on one queue, so the home is the owner's. If the queue is of one host, its output lies in
 * the one home, as far as it can be found.
 * @param owner undefined: it is not registered any more
 */
export function filesOfOwner(
  { store, home }: { store: Pick<Store, "chunks">; home: Home },
  owner: ProcessRecord | undefined,
): OwnersFiles {
  if (store.chunks === null) return { home };
  if (owner === undefined) return { home, elsewhere: "" };
  return livenessOf(owner) === "unknown" ? { home, elsewhere: owner.host } : { home: homeAt(home, owner.home) };
}
