/**
 * The witness: jobs that write down what they see in a file that the queue never reads, one `write` for each line:
 *
 *     S job attempt fence pid    it begins
 *     E job attempt fence pid    it is about to exit with 0
 *     O job attempt fence pid    it began while an earlier run of the same job, or anything of it, still lived
 *     L job attempt fence pid    it began while as many jobs with its limit key as may, or anything of them, still lived
 *
 * The last two are found by locks that every run of a job takes and that the kernel gives back when the last process that
 * inherited it is gone. So it needs no clock, and does not depend on our own idea of who is alive. (flock says with 1 that
 * somebody has it; it can also be killed itself.)
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Sighting {
  readonly kind: "S" | "E" | "O" | "L";
  readonly job: string;
  readonly attempt: number;
  readonly fence: number;
  readonly pid: number;
}

/** The limit key of a job, and how many with it may run at a time. */
export interface WitnessedLimit {
  readonly key: string;
  readonly slots: number;
}

/** A command that does `body` between its two lines. `body` must not exit by itself, unless it is to fail. */
export function witnessed(file: string, body: string, limit?: WitnessedLimit): string {
  return [
    `w() { printf '%s %s %s %s %s\\n' "$1" "$QUEUECTL_JOB_ID" "$QUEUECTL_ATTEMPT" "$QUEUECTL_FENCE" $$ >> '${file}'; }`,
    `exec 9>> '${file}'."$QUEUECTL_JOB_ID"; flock -n 9 || [ $? -ne 1 ] || w O`,
    ...(limit ? [oneOfTheSlots(file, limit)] : []),
    `w S; ${body}`,
    "w E",
  ].join("\n");
}

/** Jobs of which a process still lives and has the lock, though it may fork and end too fast to be seen in /proc. */
export function stillLocked(file: string): string[] {
  const ask = `for lock in "$0".[ej][0-9]*; do flock -n "$lock" true || echo "\${lock##*.}"; done`;
  return execFileSync("/bin/sh", ["-c", ask, file], { encoding: "utf8" }).split("\n").filter(Boolean);
}

/** One of as many locks as there are slots must be free. */
function oneOfTheSlots(file: string, { key, slots }: WitnessedLimit): string {
  const names = Array.from({ length: slots }, (_, n) => `'${file}'.limit.${key}.${n}`);
  return `t() { for f; do exec 8>> "$f"; flock -n 8; [ $? -eq 1 ] || return 0; done; w L; }; t ${names.join(" ")}`;
}

export function readWitness(file: string): Sighting[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    // Nothing has run yet.
    return [];
  }
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line) => {
    const match = /^([SEOL]) (\S+) (\d+) (\d+) (\d+)$/.exec(line);
    if (!match) throw new Error(`the witness wrote ${JSON.stringify(line)}`);
    const [, kind, job, attempt, fence, pid] = match;
    return {
      kind: kind as Sighting["kind"],
      job: job as string,
      attempt: Number(attempt),
      fence: Number(fence),
      pid: Number(pid),
    };
  });
}
