/** What is asked of supervisors: each order is a row until its supervisor takes it. */
import { type Selectable, sql } from "kysely";
import type { Order } from "../contract/store.js";
import { type Connection, write } from "../sqlite/connection.js";
import type { Schema } from "../sqlite/schema.js";
import { statement } from "../sqlite/statement.js";

type OrderRow = Pick<Selectable<Schema["orders"]>, "number" | "kind" | "workers">;

const addOrder = statement<{ supervisorId: string; kind: Order["kind"]; workers: number | null }>(
  (p) => sql`
    INSERT INTO orders (supervisor_id, kind, workers)
    SELECT id, ${p("kind")}, ${p("workers")} FROM processes WHERE id = ${p("supervisorId")}`,
);

const ordersFor = statement<{ supervisorId: string }, OrderRow>(
  (p) => sql`SELECT number, kind, workers FROM orders WHERE supervisor_id = ${p("supervisorId")} ORDER BY number`,
);

const forgetOrders = statement<{ supervisorId: string }>(
  (p) => sql`DELETE FROM orders WHERE supervisor_id = ${p("supervisorId")}`,
);

export function giveOrder(connection: Connection, supervisorId: string, order: Order): Promise<boolean> {
  const workers = order.kind === "scale" ? order.workers : null;
  return write(connection, async ({ db }) => (await addOrder.run(db, { supervisorId, kind: order.kind, workers })) > 0);
}

export async function takeOrders(connection: Connection, supervisorId: string): Promise<Order[]> {
  if ((await ordersFor.first(connection.db, { supervisorId })) === undefined) return [];
  const rows = await write(connection, async ({ db }) => {
    const found = await ordersFor.all(db, { supervisorId });
    await forgetOrders.run(db, { supervisorId });
    return found;
  });
  return rows.map(({ workers }) => (workers === null ? { kind: "restart" } : { kind: "scale", workers }));
}
