/**
 * A graph of jobs from one file: three extracts fan out from a listing, a join waits for all of them, and a report for that.
 * A branch that fails takes its successors with it and has its cleanup run; a hook hears of every job that died.
 *
 *   node examples/etl.js
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, inTemporaryHome } from "./queuectl.js";

const REGIONS = { north: [3, 4, 5], south: [10, 20], west: [100] };

await inTemporaryHome(async (queuectl, folder) => {
  for (const part of ["in", "work", "out"]) mkdirSync(join(folder, part));
  for (const [region, sales] of Object.entries(REGIONS)) {
    writeFileSync(join(folder, "in", `${region}.csv`), sales.map((sale, n) => `${region}-${n},${sale}\n`).join(""));
  }

  // `ref` names a job inside the file, wherever it stands there; the ids are made.
  const regions = Object.keys(REGIONS);
  const jobs = [
    { ref: "report", command: 'echo "total $(cat work/total)" > out/report.txt', after: ["join"] },
    { ref: "join", command: "cat work/*.sum | awk '{ sum += $1 } END { print sum }' > work/total", after: regions },
    ...regions.map((region) => ({
      ref: region,
      command: `awk -F, '{ sum += $2 } END { print sum }' in/${region}.csv > work/${region}.sum`,
      after: ["list"],
      tags: ["extract"],
    })),
    { ref: "list", command: "ls in > work/list" },
    // This branch fails: what comes after it dies, what is to run if it fails does.
    { ref: "bad", command: "cat in/east.csv > work/east.csv", after: ["list"], max_retries: 1 },
    { ref: "load", command: "touch out/loaded", after: ["bad"] },
    { ref: "cleanup", command: "rm -f work/east.csv && touch out/cleaned", after: ["load:fail"] },
    { ref: "always", command: "touch out/done", after: ["report:any", "cleanup:any"] },
  ];
  queuectl("queue", "set", "default", "--on-dead", 'echo "$QUEUECTL_HOOK_COMMAND: $QUEUECTL_HOOK_ERROR" >> out/dead');
  queuectl.pipe(jobs.map((job) => `${JSON.stringify(job)}\n`).join(""), "enqueue", "--file", "-");
  queuectl("worker", "start", "--drain", "--count", "2");
  queuectl("list");

  const sum = Object.values(REGIONS)
    .flat()
    .reduce((all, sale) => all + sale, 0);
  const out = (name) => join(folder, "out", name);
  check(`the report has the total, ${sum}`, readFileSync(out("report.txt"), "utf8") === `total ${sum}\n`);

  const all = queuectl.json("list", "--queue", "default");
  const begins = (job) => Date.parse(queuectl.json("show", job.id).history[0].started_at);
  const joined = all.find(({ command }) => command.startsWith("cat work/*.sum"));
  const extracts = all.filter(({ tags }) => tags.includes("extract"));
  check(
    "the join began when all three extracts had ended",
    extracts.length === 3 && extracts.every(({ finished_at }) => Date.parse(finished_at) <= begins(joined)),
  );
  check(
    "its dependencies are all met",
    queuectl.json("show", joined.id).after.every(({ status }) => status === "met"),
  );

  check("what came after the failed branch did not run", !existsSync(out("loaded")));
  check("its cleanup did, and what runs in any case", existsSync(out("cleaned")) && existsSync(out("done")));
  const dead = readFileSync(out("dead"), "utf8").trim().split("\n");
  check("the hook heard of both jobs that died", dead.length === 2 && dead.some((line) => line.includes("after job")));
});
