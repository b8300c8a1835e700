import { afterAll, expect, it } from "vitest";
import { Cli } from "../support/cli.js";

const cli = new Cli("this process");
afterAll(() => cli.dispose());

/** What `show` says of the time limit. */
async function shown(id: string, ...flags: string[]): Promise<string | undefined> {
  await cli.ok("enqueue", "--id", id, ...flags, "--command", "x");
  return /^Timeout +(.*)$/m.exec(await cli.ok("show", id))?.[1];
}

it("show says how long an attempt may run, and who says so", async () => {
  await cli.ok("policy", "set", "api", "--timeout", "20s");
  expect(await shown("usual")).toBe("5m, from the setting job-timeout");
  expect(await shown("own", "--timeout", "90s")).toBe("1m 30s");
  expect(await shown("free", "--timeout", "0")).toBe("none");
  expect(await shown("named", "--policy", "api")).toBe("20s, from the policy api or the setting job-timeout");
});
