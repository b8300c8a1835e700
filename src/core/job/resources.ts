/** Resource limits: the keys of a job and their values. */
import * as v from "valibot";
import { UsageError } from "../errors.js";
import { parseDuration } from "../text/duration.js";
import { duration, integer } from "../text/schema-parts.js";
import { parseSize } from "../text/size.js";
import type { Resources } from "./options.js";

/** A shell cannot be loaded into less. */
const LEAST_MEMORY = 4 * 1024 * 1024;

export const resourceEntries = {
  nice: v.optional(integer(-20, 19)),
  memory: v.optional(v.union([v.number(), v.string()], "must be a size: bytes, or a text such as 512M or 2G")),
  cpu_time: v.optional(duration),
};

const resourceSpec = v.object(resourceEntries);

/** Undefined: the job sets no limit. @throws UsageError */
export function resources({ nice, memory, cpu_time }: v.InferOutput<typeof resourceSpec>): Resources | undefined {
  if (nice === undefined && memory === undefined && cpu_time === undefined) return undefined;
  return {
    ...(nice !== undefined && { nice }),
    ...(memory !== undefined && { memoryBytes: checkMemory(memory) }),
    ...(cpu_time !== undefined && { cpuTimeMs: checkCpuTime(cpu_time) }),
  };
}

function checkMemory(memory: string | number): number {
  const bytes = parseSize(memory, '"memory"');
  if (bytes >= LEAST_MEMORY) return bytes;
  throw new UsageError(`"memory" is ${JSON.stringify(memory)}, too little for any command`, "give at least 4M");
}

/** The kernel counts whole seconds. */
function checkCpuTime(time: string | number): number {
  const ms = parseDuration(time, '"cpu_time"');
  if (ms >= 1000 && ms % 1000 === 0) return ms;
  throw new UsageError(`"cpu_time" is ${JSON.stringify(time)}`, "give whole seconds: 30s, 10m, 2h");
}
