/**
 * What becomes of jobs that fail: a flaky one succeeds at its third attempt, a hopeless one is buried in the dead-letter
 * queue, is repaired, and is run again from there.
 *
 *   node examples/retries/retries.js
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, inTemporaryHome } from "../queuectl.js";

await inTemporaryHome(async (queuectl, folder) => {
  // A short backoff, so that the example is over in seconds: 1 s after every attempt.
  queuectl("config", "set", "backoff-base", "1");

  queuectl("enqueue", "--id", "flaky", "--command", 'echo "attempt $QUEUECTL_ATTEMPT"; [ "$QUEUECTL_ATTEMPT" -ge 3 ]');
  queuectl("enqueue", "--id", "hopeless", "--max-retries", "2", "--command", "cat missing.txt");
  queuectl("worker", "start", "--drain", "--count", "2");

  queuectl("show", "flaky");
  const flaky = queuectl.json("show", "flaky");
  check("flaky completed at its third attempt", flaky.state === "completed" && flaky.attempts === 3);
  check(
    "its history says failed, failed, succeeded",
    flaky.history.map(({ outcome }) => outcome).join() === "failed,failed,succeeded",
  );
  const waits = flaky.history
    .slice(1)
    .map((a, i) => Date.parse(a.started_at) - Date.parse(flaky.history[i].finished_at));
  check(
    "it waited a second before each retry",
    waits.every((ms) => ms >= 990),
  );

  queuectl("dlq", "list");
  const [dead] = queuectl.json("dlq", "list");
  check("hopeless is in the dead-letter queue after two attempts", dead.id === "hopeless" && dead.attempts === 2);
  check("what it wrote to stderr was kept", queuectl.json("show", "hopeless").stderr.includes("missing.txt"));

  // Somebody repairs the cause and runs it again.
  writeFileSync(join(folder, "missing.txt"), "here it is\n");
  queuectl("dlq", "retry", "hopeless");
  queuectl("worker", "start", "--once");
  queuectl("logs", "hopeless");
  const revived = queuectl.json("show", "hopeless");
  check(
    "hopeless completed, and its history still has the failures",
    revived.state === "completed" && revived.history.length === 3,
  );
});
