/** For what shows the queue as it changes: followers of logs, and the live view. */
import { StoreChanges } from "../store/changes.js";
import { type Client, contextOf } from "./client.js";

/** Calls `wake` soon after another process wrote something; now and then also for nothing. Returns what ends it. */
export function onChange(client: Client, wake: () => void): () => void {
  return contextOf(client).store.onWork(wake);
}

/** To sleep until something was written. It is closed by its caller. */
export function changesOf(client: Client): StoreChanges {
  return new StoreChanges(contextOf(client).store);
}
