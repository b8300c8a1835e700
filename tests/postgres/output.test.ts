/** Output in PostgreSQL, written by the workers of one home and read from another one, as on two hosts. */
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Sandbox } from "../support/sandbox.js";
import { waitFor } from "../support/wait-for.js";
import { noPostgres, type PostgresServer, startPostgres } from "./server.js";

const MIB = 1024 * 1024;

describe.skipIf(noPostgres !== undefined)("output in PostgreSQL", () => {
  let server: PostgresServer;
  let raw: pg.Client;
  const boxes: Sandbox[] = [];
  beforeAll(async () => {
    server = await startPostgres();
    raw = new pg.Client(server.url());
    await raw.connect();
  });
  afterAll(async () => {
    await raw?.end();
    await server?.stop();
  });
  afterEach(async () => {
    for (const made of boxes.splice(0)) await made.dispose();
  });

  const box = (schema: string) => {
    const made = new Sandbox();
    made.env.QUEUECTL_DB = server.url(`&schema=${schema}`);
    boxes.push(made);
    return made;
  };

  it("is read byte for byte on another host, and leaves no file on its own", async () => {
    const [one, other] = [box("read"), box("read")];
    await one.ok("db", "migrate");
    const bytes = randomBytes(10 * MIB);
    writeFileSync(one.file("big"), bytes);
    await one.ok("enqueue", "--id", "big", "--command", "cat big; seq 100000 >&2");
    await one.ok("worker", "start", "--detach");
    await one.reaches("big", "completed");

    const { code, stderr } = await other.shell("$QUEUECTL logs big --stdout --raw >read");
    expect(code, stderr).toBe(0);
    expect(readFileSync(other.file("read")).equals(bytes)).toBe(true);
    const numbers = await other.ok("logs", "big", "--stderr");
    expect(numbers.split("\n").slice(0, -1)).toEqual(Array.from({ length: 100_000 }, (_, i) => String(i + 1)));
    expect(await other.ok("logs", "big", "--stderr", "-n", "2")).toBe("99999\n100000\n");
    expect(await other.ok("show", "big")).toContain("\n100000\n");
    const followed = await other.run(["logs", "-f", "big", "--stderr"]);
    expect([followed.code, followed.stdout]).toEqual([0, numbers]);
    const ran = await other.run(["run", "--", "seq", "1", "30000"]);
    expect([ran.code, ran.stdout.length, ran.stdout.slice(-6)]).toEqual([0, 168_894, "30000\n"]);
    expect(outputFiles(one)).toEqual([]);

    await one.ok("prune", "--state", "completed", "--yes");
    expect(await chunksIn("read")).toBe(0);
  });

  it("is whole, and once, if the worker is killed after its chunks and before the record", async () => {
    const one = box("killed");
    await one.ok("db", "migrate");
    await one.ok("config", "set", "backoff-base", "0");
    // A record waits for this lock.
    await raw.query("SELECT pg_advisory_lock(42)");
    await raw.query(`CREATE FUNCTION killed.wait() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NEW; END $$`);
    await raw.query(`CREATE TRIGGER wait BEFORE UPDATE ON killed.attempts
      FOR EACH ROW WHEN (NEW.outcome IS NOT NULL) EXECUTE FUNCTION killed.wait()`);
    const expected = Array.from({ length: 200_000 }, (_, i) => `${i + 1}\n`).join("");
    await one.ok("enqueue", "--id", "a", "--command", "seq 200000");
    const { workers } = await one.json<{ workers: number[] }>("worker", "start", "--detach");
    await waitFor("the record", async () => {
      const { rows } = await raw.query(
        "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND NOT granted",
      );
      return rows.length > 0;
    });
    expect(await chunksIn("killed")).toBe(Math.ceil(expected.length / (MIB / 4)));
    for (const pid of workers) process.kill(pid, "SIGKILL");
    // The server would do what a dead client asked for last.
    const waiting = "FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND NOT granted";
    await raw.query(`SELECT pg_terminate_backend(pid) ${waiting}`);
    await raw.query("SELECT pg_advisory_unlock(42)");
    await one.reaches("a", "completed");

    expect((await one.show("a")).history).toMatchObject([{ outcome: "lost" }, { outcome: "succeeded" }]);
    for (const attempt of ["1", "2"]) expect(await one.ok("logs", "a", "--attempt", attempt)).toBe(expected);
    expect(outputFiles(one)).toEqual([]);
    await one.ok("delete", "a", "--yes");
    expect(await chunksIn("killed")).toBe(0);
  });

  async function chunksIn(schema: string): Promise<number> {
    return Number((await raw.query(`SELECT count(*) FROM ${schema}.output_chunks`)).rows[0].count);
  }
});

function outputFiles({ home }: Sandbox): string[] {
  const dir = join(home, "output");
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name);
}
