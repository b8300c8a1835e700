import { type Client, contextOf } from "./client.js";

/** The secret for webhooks of a queue's jobs, only for the command that signs them. Null: there is none. */
export function webhookSecret(client: Client, queue: string): Promise<string | null> {
  return contextOf(client).store.hooks.secret(queue);
}
