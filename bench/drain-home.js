/** Runs jobs of `true` in a home whose workers wait: jobs per second, from the resumption of the queue to the last record. */
import { until } from "./measure.js";

export async function drain(home, jobs) {
  const { last } = home.sql.prepare("SELECT coalesce(max(fence), 0) AS last FROM attempts").get();
  const ended = home.sql.prepare(
    "SELECT count(*) AS n, max(finished_at) AS at, sum(outcome = 'succeeded') AS good FROM attempts WHERE fence > ? AND finished_at IS NOT NULL",
  );
  home.pause();
  await home.enqueue(jobs, { command: "true" });
  const began = Date.now();
  home.resume();
  const { at, good } = await until(() => {
    const found = ended.get(last);
    return found.n >= jobs && found;
  }, 50);
  if (good !== jobs) throw new Error(`${jobs - good} of ${jobs} jobs did not succeed`);
  return (jobs / (at - began)) * 1000;
}
