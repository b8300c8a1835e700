/** What the programs that measure a library have in common: its import, the job, and a count of what has ended. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

export const JOBS = Number(process.argv[2]);

export const load = (module) => createRequire(join(process.env.BENCH_PEERS, "package.json"))(module);

export function shell() {
  return new Promise((resolve, reject) => {
    spawn("sh", ["-c", "true"], { stdio: "ignore" })
      .on("error", reject)
      .on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`exit code ${code}`))));
  });
}

let began;
let left = JOBS;

/** The workers may begin. */
export function begin() {
  began = performance.now();
}

/** A job has ended, and as far as the library tells, that is recorded. */
export async function ended(tidyUp) {
  if (--left === 0) await finish(tidyUp);
}

/** All have ended. */
export async function finish(tidyUp = async () => {}) {
  const ms = performance.now() - began;
  await tidyUp();
  console.log(ms);
  process.exit(0);
}
