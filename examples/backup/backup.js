/**
 * A nightly backup by schedule: a folder is packed into an archive that is named after the time that it is for, and only
 * the newest three stay. Nobody here waits for the night: `schedule run` enqueues the job now.
 *
 *   node examples/backup/backup.js
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, inTemporaryHome } from "../queuectl.js";

/**
 * A temporary name first, so that an archive which is there is whole, also after a crash; and the scheduled time rather
 * than the time of day, so that a backup which runs twice has one archive.
 */
const BACKUP = `
  name=$(printf %s "$QUEUECTL_SCHEDULED_AT" | tr -d :) &&
  tar -czf "$TO/$name.part" -C "$FROM" . &&
  mv "$TO/$name.part" "$TO/$name.tar.gz" &&
  ls "$TO"/*.tar.gz | sort -r | tail -n +4 | while read -r old; do rm -- "$old"; done`;

await inTemporaryHome(async (queuectl, folder) => {
  const [from, to] = [join(folder, "data"), join(folder, "backups")];
  for (const made of [from, to]) mkdirSync(made);

  const when = ["--cron", "30 2 * * *", "--tz", "Europe/Berlin"];
  const job = ["--timeout", "1h", "--env", `FROM=${from}`, "--env", `TO=${to}`, "--command", BACKUP];
  queuectl("schedule", "add", "backup", ...when, "--overlap", "skip", "--catchup", "latest", ...job);
  queuectl("schedule", "next", "backup", "-n", "3");

  const [schedule] = queuectl.json("schedule", "list");
  check("the next one is ahead", Date.parse(schedule.next_at) > Date.now());

  for (let n = 1; n <= 5; n++) {
    writeFileSync(join(from, "notes.txt"), `version ${n}\n`);
    queuectl("schedule", "run", "backup");
    queuectl("worker", "start", "--drain");
  }
  queuectl("schedule", "show", "backup");

  const { completed, total } = queuectl.json("status").jobs;
  check("all five backups completed", completed === 5 && total === 5);
  const archives = readdirSync(to).sort();
  check("the newest three are kept, and nothing half done", archives.length === 3);
  const unpacked = join(folder, "unpacked");
  mkdirSync(unpacked);
  execFileSync("tar", ["-xzf", join(to, archives.at(-1)), "-C", unpacked]);
  check(
    "the newest unpacks to what it was made of",
    readFileSync(join(unpacked, "notes.txt"), "utf8") === "version 5\n",
  );
});
