/** Stores the hooks of queues. `enqueue-hooks.ts` enqueues them. */
import { changeHooks, hookSetOf, hooksOf } from "../../core/hook/hook.js";
import type { HookStore, QueueHooks } from "../contract/hook-store.js";
import type { Connection } from "./connection.js";
import type { HookColumns } from "./statements/queues.js";

export function hookStore(connection: Connection): HookStore {
  const { sql } = connection;
  return {
    get: async (name) => toHooks(await connection.run(sql.queues.hooks.first({ name }))),
    secret: async (name) => (await connection.run(sql.queues.hooks.first({ name })))?.webhook_secret ?? null,

    change: (name, change, secret) =>
      connection.write(function* () {
        const before = yield* sql.queues.hooks.first({ name });
        const hooks = hooksOf(changeHooks(toHooks(before).hooks, change));
        const after = {
          hooks: hooks.length === 0 ? null : JSON.stringify(hooks),
          webhook_secret: secret === undefined ? (before?.webhook_secret ?? null) : secret,
        };
        yield* sql.queues.putHooks.run({ name, ...after });
        return toHooks(after);
      }),
  };
}

function toHooks(row: HookColumns | undefined): QueueHooks {
  const hooks = row === undefined || row.hooks === null ? {} : hookSetOf(JSON.parse(row.hooks));
  return { hooks, signed: row !== undefined && row.webhook_secret !== null };
}
