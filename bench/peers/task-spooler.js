/** task-spooler: a server that is started by the first call, and a client that waits for each job. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, start } from "../processes.js";

const tsp = (env, ...words) => run("tsp", words, { env });

export const taskSpooler = {
  name: "task-spooler",
  program: "tsp",
  version: async () => /v\d[\d.]*/.exec(await run("tsp", ["-V"]))?.[0] ?? "",

  async drain(jobs, folder) {
    // It takes as many jobs as it has connections.
    const env = { TS_SOCKET: join(folder, "socket"), TMPDIR: folder, TS_MAXCONN: String(jobs + 20) };
    const go = join(folder, "go");
    // A call leaves a process in the background that keeps our pipe open, so its output goes nowhere.
    const add = (...words) => start("tsp", ["-n", ...words], { env }).ended;
    await add("sh", "-c", `until [ -e '${go}' ]; do sleep 0.01; done`);
    for (let n = 0; n < jobs; n++) await add("sh", "-c", "true");
    await tsp(env, "-S", "4");
    const began = performance.now();
    writeFileSync(go, "");
    await tsp(env, "-w");
    const ms = performance.now() - began;
    await tsp(env, "-K");
    return ms;
  },
};
