/**
 * Resource limits as shell text for a request. The shell limits itself, and the command inherits the limits. If a limit
 * cannot be set, the shell complains on the launcher's channel, and the command does not start.
 */
import type { Resources } from "../core/job/options.js";

/** Seconds between the signal that warns a process and the one that ends it. */
const CPU_GRACE_S = 1;

export function limitText({ nice, memoryBytes, cpuTimeMs }: Resources): string {
  let text = "";
  if (nice !== undefined && nice < 0) text += niceCheck(nice);
  if (cpuTimeMs !== undefined) {
    const seconds = cpuTimeMs / 1000;
    text += `ulimit -St ${seconds}||exit;ulimit -Ht ${seconds + CPU_GRACE_S}||exit;`;
  }
  if (memoryBytes !== undefined) text += `ulimit -v ${Math.floor(memoryBytes / 1024)}||exit;`;
  return text;
}

/** The path of `nice` is `$1`. */
export function niceText({ nice }: Resources): string {
  return nice === undefined ? "" : `"$1" -n ${nice} `;
}

/** Without the right to a higher priority, `nice` complains to the job's stderr and runs the command all the same. */
function niceCheck(nice: number): string {
  return `w=$(command -p nice -n ${nice} /bin/sh -c : 2>&1);[ -z "$w" ]||{ echo "$w";exit 1;};`;
}
