/** Local time is the same in what is read and in what is shown, however TZ names the zone. */
import { afterAll, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";

const BERLIN = ["Europe/Berlin", ":/usr/share/zoneinfo/Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3"];

describe("local time", () => {
  const cli = new Cli("this process");
  afterAll(() => cli.dispose());

  it.each(BERLIN)("with TZ=%s", async (TZ) => {
    const env = { TZ };
    await cli.run(["enqueue", "--id", "a", "--replace", "--run-at", "2099-07-01 08:00", "--command", "x"], { env });
    expect(await cli.json("show", "a")).toMatchObject({ run_at: "2099-07-01T06:00:00.000Z" });
    expect((await cli.run(["show", "a"], { env })).stdout).toMatch(/Next run +2099-07-01 08:00:00 /);
    expect((await cli.run(["explain", "a"], { env })).stdout).toContain("2099-07-01 08:00:00");
    const where = ["list", "--where", "run_at = '2099-07-01 08:00'", "--columns", "id", "--json"];
    expect(JSON.parse((await cli.run(where, { env })).stdout)).toEqual([{ id: "a" }]);
    const add = ["schedule", "add", "s", "--replace", "--cron", "0 8 1 7 *", "--", "x"];
    expect((await cli.run(add, { env })).stdout).toMatch(/next at \d{4}-07-01 08:00:00 \+02:00\n$/);
  });

  it("is refused where TZ names no zone, and only there", async () => {
    const env = { TZ: "Mars/X" };
    const message = 'TZ is "Mars/X", which is no time zone; set it to a name such as Europe/Berlin';
    expect(await cli.fails(78, ["enqueue", "--run-at", "2099-07-01 08:00", "--command", "x"], { env })).toContain(
      message,
    );
    expect(await cli.fails(78, ["schedule", "add", "t", "--cron", "@daily", "--", "x"], { env })).toContain(message);
    expect(await cli.run(["enqueue", "--run-at", "2099-07-01T08:00:00Z", "--command", "x"], { env })).toMatchObject({
      code: 0,
    });
    expect((await cli.run(["doctor"], { env })).stdout).toMatch(/warning +zone +TZ is "Mars\/X"/);
  });
});
