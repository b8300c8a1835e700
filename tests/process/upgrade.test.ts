/** A pool that runs while another build is put in the place of the program. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Installation } from "../support/installation.js";
import { Sandbox } from "../support/sandbox.js";

const RESTART = "To renew the workers of pool main: queuectl worker restart --name main";
const STOP = "To renew pool main: queuectl worker stop --name main, then start it as before";

it("is named by status and doctor until it is renewed, each time by the command that they name", async () => {
  const installation = new Installation();
  const box = new Sandbox(installation.build);
  const told = async () => {
    const status = JSON.parse((await box.run(["status", "--json"])).stdout);
    const text = (await box.run(["status"])).stdout;
    const { checks } = JSON.parse((await box.run(["doctor", "--json"])).stdout);
    const check = checks.find(({ name }: { name: string }) => name === "programs");
    const advice = [RESTART, STOP].filter((step) => text.includes(step));
    expect(check.hint ?? "").toBe(advice.join("; "));
    expect(check.status).toBe(advice.length > 0 ? "warning" : "ok");
    return { others: status.other_programs, supervisor: status.pools[0], workers: status.workers, advice };
  };
  try {
    await box.run(["worker", "start", "--detach"]);
    const before = await told();
    expect(before).toMatchObject({ others: [], advice: [] });

    const program = join(installation.build, "program.js");
    const text = readFileSync(program, "latin1");
    writeFileSync(program, text.replace(/BUILD_ID="./, 'BUILD_ID="!'), "latin1");
    const { version, build, pid } = before.supervisor;
    const old = { pool: "main", version, build };
    expect(await told()).toMatchObject({
      others: [{ ...old, supervisor: pid, workers: [before.workers[0].pid] }],
      advice: [RESTART, STOP],
    });

    await box.run(["worker", "restart", "--name", "main"]);
    const restarted = await told();
    expect(restarted).toMatchObject({ others: [{ ...old, supervisor: pid, workers: [] }], advice: [STOP] });
    expect(restarted.workers[0].build).toBe(`!${build.slice(1)}`);

    await box.run(["worker", "stop", "--name", "main"]);
    await box.run(["worker", "start", "--detach"]);
    expect(await told()).toMatchObject({ others: [], advice: [] });
  } finally {
    await box.dispose();
    installation.remove();
  }
});
