/** Several hosts on one queue: one that dies or is cut off loses its jobs to another one, and never runs one beside it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { waitFor } from "../support/wait-for.js";
import { PostgresBox } from "./box.js";
import { Host, noHosts } from "./hosts.js";
import { noPostgres, type PostgresServer, startPostgres } from "./server.js";

const skipped = noPostgres ?? noHosts();
/** Rounds of cutting off. */
const ROUNDS = process.env.FAULTS === "long" ? 50 : 2;
const LEASE = "6s";

describe.skipIf(skipped !== undefined)(`two hosts (skipped without root: ${skipped ?? "no"})`, () => {
  let server: PostgresServer;
  let hosts: readonly [Host, Host];
  const boxes: PostgresBox[] = [];
  let schemas = 0;
  beforeAll(async () => {
    hosts = [new Host(1), new Host(2)];
    server = await startPostgres({ addresses: hosts.map(({ serverAddress }) => serverAddress) });
  });
  afterAll(async () => {
    for (const host of hosts ?? []) await host.remove();
    await server?.stop();
  });
  afterEach(async () => {
    for (const host of hosts) {
      host.heal();
      await host.kill();
    }
    for (const box of boxes.splice(0)) await box.dispose();
  });

  /** A home on each host, and one here to look at the queue. */
  async function homes(): Promise<readonly [PostgresBox, PostgresBox, PostgresBox]> {
    const schema = `&schema=hosts_${process.pid}_${++schemas}`;
    const here = await new PostgresBox(server, server.url(schema)).migrated();
    const [first, second] = hosts.map(
      ({ serverAddress }) => new PostgresBox(server, server.addressUrl(serverAddress, schema)),
    );
    if (first === undefined || second === undefined) throw new Error("two hosts");
    boxes.push(here, first, second);
    await here.ok("config", "set", "lease-duration", LEASE);
    return [here, first, second];
  }

  /** A job that runs until a file is there, and leaves a line if another copy of it runs. */
  const witness = (box: PostgresBox, id: string) =>
    `exec 9>>${box.file(`${id}.lock`)}; flock -n 9 || echo ${id} >>${box.file("overlaps")}; echo $(hostname) >>${box.file(id)}; ` +
    `while [ ! -e ${box.file(`${id}.go`)} ]; do sleep 0.05; done`;

  it("take nothing from each other while both live, whatever they share", async () => {
    const [here, first, second] = await homes();
    for (const id of ["a", "b"]) await here.ok("enqueue", "--id", id, "--command", witness(here, id), "--queue", id);
    hosts[0].start(first, "worker", "start", "--queue", "a");
    hosts[1].start(second, "worker", "start", "--queue", "b");
    for (const id of ["a", "b"]) await waitFor("a start", () => here.lines(id).length === 1);
    // Longer than two leases: a supervisor that misjudged the other host would have taken its job.
    await waitFor("two renewals of both", async () => {
      const { workers } = await here.json<{ workers: { uptime_ms: number }[] }>("status");
      return workers.length === 2 && workers.every(({ uptime_ms }) => uptime_ms > 13_000);
    });
    for (const id of ["a", "b"]) {
      expect(here.lines(id)).toHaveLength(1);
      await here.shell(`: >${here.file(`${id}.go`)}`);
      expect((await here.reaches(id, "completed")).attempts).toBe(1);
    }
  });

  it("one of which loses power: its job runs on the other, charged once", async () => {
    const [here, first, second] = await homes();
    await here.ok("enqueue", "--id", "a", "--command", witness(here, "a"));
    hosts[0].start(first, "worker", "start");
    await waitFor("the start", () => here.lines("a").length === 1);
    hosts[1].start(second, "worker", "start");
    await waitFor("both workers", async () => (await here.json<{ workers: unknown[] }>("status")).workers.length === 2);
    await hosts[0].kill();
    await waitFor("the second start", () => here.lines("a").length === 2, 30_000);
    await here.shell(`: >${here.file("a.go")}`);
    expect((await here.reaches("a", "completed")).attempts).toBe(2);
    expect(new Set(here.lines("a")).size).toBe(2);
    expect(here.lines("overlaps")).toEqual([]);
  });

  it(
    "one of which is cut off: it ends its job before the other begins it, and works again afterwards",
    async () => {
      const [here, first, second] = await homes();
      for (const [index, box] of [first, second].entries()) hosts[index]?.start(box, "worker", "start");
      for (let round = 0; round < ROUNDS; round++) {
        const id = `job-${round}`;
        await here.ok("enqueue", "--id", id, "--command", witness(here, id));
        await waitFor("the start", () => here.lines(id).length === 1, 30_000);
        const cut = here.lines(id)[0]?.endsWith("h1") ? hosts[0] : hosts[1];
        cut.cut();
        await waitFor("the start on the other host", () => here.lines(id).length === 2, 60_000);
        expect(here.lines(id)[0]).not.toBe(here.lines(id)[1]);
        cut.heal();
        await here.shell(`: >${here.file(`${id}.go`)}`);
        expect((await here.reaches(id, "completed")).attempts).toBe(2);
        await waitFor(
          "both workers",
          async () => {
            const { workers } = await here.json<{ workers: { state: string }[] }>("status");
            return workers.filter(({ state }) => state === "idle").length === 2;
          },
          60_000,
        );
      }
      expect(here.lines("overlaps")).toEqual([]);
    },
    ROUNDS * 60_000,
  );
});
