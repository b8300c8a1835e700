/** GNU parallel: like xargs it records nothing and its jobs are its input. */
import { run, start } from "../processes.js";

export const parallel = {
  name: "GNU parallel",
  program: "parallel",
  version: async () => /parallel (\d+)/.exec(await run("parallel", ["--version"]))?.[1] ?? "",

  async drain(jobs, folder) {
    const words = ["--will-cite", "-j4", "-n0", "sh -c true"];
    const began = performance.now();
    const child = start("parallel", words, { stdio: ["pipe", "ignore", "ignore"], env: { PARALLEL_HOME: folder } });
    child.stdin.end("x\n".repeat(jobs));
    const code = await child.ended;
    if (code !== 0) throw new Error(`parallel exited with ${code}`);
    return performance.now() - began;
  },
};
