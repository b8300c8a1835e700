/**
 * Runs jobs in a home whose workers wait, from the resumption of the queue to the last record: jobs per second, and the
 * milliseconds of processor time that a job takes in the worker, its launcher and the command.
 */
import { queueTimes } from "./cpu.js";
import { until } from "./measure.js";

export async function drain(home, jobs, command = "true") {
  const { last } = home.sql.prepare("SELECT coalesce(max(fence), 0) AS last FROM attempts").get();
  const ended = home.sql.prepare(
    "SELECT count(*) AS n, max(finished_at) AS at, sum(outcome = 'succeeded') AS good FROM attempts WHERE fence > ? AND finished_at IS NOT NULL",
  );
  home.pause();
  await home.enqueue(jobs, { command });
  const before = queueTimes(home.supervisor.pid);
  const began = Date.now();
  home.resume();
  const { at, good } = await until(() => {
    const found = ended.get(last);
    return found.n >= jobs && found;
  }, 50);
  if (good !== jobs) throw new Error(`${jobs - good} of ${jobs} jobs did not succeed`);
  const cost = Object.entries(queueTimes(home.supervisor.pid)).map(([part, ms]) => [part, (ms - before[part]) / jobs]);
  return { rate: (jobs / (at - began)) * 1000, ...Object.fromEntries(cost) };
}
