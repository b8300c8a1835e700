/** The hooks of queues. They run by themselves: see migration 0009. */
import { sql } from "kysely";
import { changeHooks, hookSetOf, hooksOf } from "../../core/hook/hook.js";
import type { HookStore, QueueHooks } from "../contract/hook-store.js";
import { type Connection, write } from "../sqlite/connection.js";
import type { QueueTable } from "../sqlite/schema.js";
import { statement } from "../sqlite/statement.js";

type HookRow = Pick<QueueTable, "hooks" | "webhook_secret">;

const hooksOfQueue = statement<{ queue: string }, HookRow>(
  (p) => sql`SELECT hooks, webhook_secret FROM queues WHERE name = ${p("queue")}`,
);

const storeHooks = statement<{ queue: string } & HookRow>(
  (p) => sql`
    INSERT INTO queues (name, hooks, webhook_secret)
    VALUES (${p("queue")}, ${p("hooks")}, ${p("webhook_secret")})
    ON CONFLICT DO UPDATE SET hooks = excluded.hooks, webhook_secret = excluded.webhook_secret`,
);

export function hookStore(connection: Connection): HookStore {
  const { db } = connection;
  return {
    get: async (queue) => toHooks(await hooksOfQueue.first(db, { queue })),
    secret: async (queue) => (await hooksOfQueue.first(db, { queue }))?.webhook_secret ?? null,

    change: (queue, change, secret) =>
      write(connection, async (writing) => {
        const before = await hooksOfQueue.first(writing.db, { queue });
        const hooks = hooksOf(changeHooks(toHooks(before).hooks, change));
        const after = {
          hooks: hooks.length === 0 ? null : JSON.stringify(hooks),
          webhook_secret: secret === undefined ? (before?.webhook_secret ?? null) : secret,
        };
        await storeHooks.run(writing.db, { queue, ...after });
        return toHooks(after);
      }),
  };
}

function toHooks(row: HookRow | undefined): QueueHooks {
  const hooks = row === undefined || row.hooks === null ? {} : hookSetOf(JSON.parse(row.hooks));
  return { hooks, signed: row !== undefined && row.webhook_secret !== null };
}
