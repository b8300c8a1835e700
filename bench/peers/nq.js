/** nq: no server; each job is a process that waits for the jobs before it. A folder is a queue that runs one at a time. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, start } from "../processes.js";

export const nq = {
  name: "nq",
  program: "nq",
  // It does not tell.
  version: async () => "",

  async drain(jobs, folder) {
    const queues = [1, 2, 3, 4].map((n) => ({ NQDIR: join(folder, String(n)) }));
    const go = join(folder, "go");
    const add = (env, command) => start("nq", ["sh", "-c", command], { env, cwd: folder }).ended;
    for (const env of queues) {
      mkdirSync(env.NQDIR);
      await add(env, `until [ -e '${go}' ]; do sleep 0.01; done`);
    }
    for (let n = 0; n < jobs; n++) await add(queues[n % queues.length], "true");
    const began = performance.now();
    writeFileSync(go, "");
    await Promise.all(queues.map((env) => run("nq", ["-w"], { env, cwd: folder })));
    return performance.now() - began;
  },
};
