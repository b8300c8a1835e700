/** For views of a changing queue: followers of logs, and the live view. */
import { StoreChanges, throwIfReplaced } from "../store/changes.js";
import { type Client, contextOf } from "./client.js";

/** Calls `wake` soon after another process wrote, and now and then without cause. Returns a function that ends it. */
export function onChange(client: Client, wake: () => void): () => void {
  return contextOf(client).store.onWork(wake);
}

/** Sleeps until a write. The caller closes it. */
export function changesOf(client: Client): StoreChanges {
  return new StoreChanges(contextOf(client).store);
}

/** For a view that stays open. @throws UnusableError if other processes use another database by now */
export function checkDatabase(client: Client): Promise<void> {
  return throwIfReplaced(contextOf(client).store);
}
