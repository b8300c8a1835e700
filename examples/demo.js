/**
 * The main job in one go, in a home of its own: work is queued, run by supervised workers, one of which is killed on the
 * way; what fails is retried, what is hopeless is buried, and revived; in the end everything is stopped and gone.
 *
 *   npm run demo
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { check, inTemporaryHome } from "./queuectl.js";

const title = (text) => console.log(`\n── ${text}`);

await inTemporaryHome(async (queuectl, folder, env) => {
  title("Three supervised workers in the background");
  queuectl("config", "set", "backoff-base", "1");
  queuectl("worker", "start", "--detach", "--count", "3");
  const supervisor = queuectl.json("status").supervisor.pid;

  title("Work: one job, one that fails at first, one that is hopeless, one that takes a while, and a list of fifty");
  queuectl("enqueue", '{"id":"hello","command":"echo Hello World"}');
  queuectl("enqueue", "--id", "flaky", "--command", 'echo "attempt $QUEUECTL_ATTEMPT"; [ "$QUEUECTL_ATTEMPT" -ge 2 ]');
  queuectl("enqueue", '{"id":"hopeless","command":"no-such-program","max_retries":2}');
  queuectl("enqueue", "--id", "slow", "--command", "echo $$ >> slow.pids; sleep 3; echo done");
  const list = Array.from({ length: 50 }, (_, n) => JSON.stringify({ command: `echo ${n} >> numbers`, priority: -1 }));
  queuectl.pipe(list.join("\n"), "enqueue", "--file", "-");

  title("A worker is killed with kill -9 in the middle of a job");
  const slow = await until(() => {
    const job = queuectl.json("show", "slow");
    return job.state === "processing" && existsSync(join(folder, "slow.pids")) && job;
  });
  const victim = queuectl.json("worker", "list").find(({ id }) => id === slow.worker_id);
  const orphan = Number(readFileSync(join(folder, "slow.pids"), "utf8"));
  console.log(`$ kill -9 ${victim.pid}`);
  process.kill(victim.pid, "SIGKILL");
  const killedAt = performance.now();
  await until(() => !exists(orphan), 1);
  console.log(`the job's own process was gone ${Math.ceil(performance.now() - killedAt)} ms later`);

  title("Everything ends as it should");
  await until(() => {
    const { jobs } = queuectl.json("status");
    return jobs.pending + jobs.processing + jobs.failed === 0;
  }, 200);
  queuectl("show", "slow");
  queuectl("dlq", "list");
  const history = queuectl.json("show", "slow").history.map(({ outcome }) => outcome);
  check(`the slow job was lost once and ran again: ${history.join(", ")}`, history.join() === "lost,succeeded");
  check("the flaky one completed at its second attempt", queuectl.json("show", "flaky").attempts === 2);
  check(
    "all of the fifty ran exactly once",
    new Set(readFileSync(join(folder, "numbers"), "utf8").split("\n")).size === 51,
  );

  title("The hopeless one gets another chance");
  queuectl("dlq", "retry", "hopeless");
  await until(() => queuectl.json("show", "hopeless").state === "dead", 200);
  check("and is dead again, with all four attempts on record", queuectl.json("show", "hopeless").history.length === 4);

  title("How it stands, and the end");
  queuectl("status");
  queuectl("worker", "stop");
  check(
    "no supervisor and no PID file is left",
    !exists(supervisor) && !existsSync(join(env.QUEUECTL_HOME, "supervisor.pid")),
  );
});

async function until(probe, everyMs = 20) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const result = probe();
    if (result) return result;
    if (Date.now() > deadline) throw new Error("waited for a minute in vain");
    await new Promise((resume) => setTimeout(resume, everyMs));
  }
}

function exists(pid) {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A zombie that nobody has collected yet is not running any more.
  return !/\) Z /.test(existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, "utf8") : "");
}
