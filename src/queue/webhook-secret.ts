import { type Client, contextOf } from "./client.js";

/** What signs the webhooks of a queue's jobs; null: nothing. Only for the command that signs them. */
export function webhookSecret(client: Client, queue: string): Promise<string | null> {
  return contextOf(client).store.hooks.secret(queue);
}
