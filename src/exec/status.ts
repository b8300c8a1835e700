/**
 * Reads the channel of a launcher. Lines with the nonce are reports. All other lines are the shell's complaints and
 * belong to the next report. The nonce is needed because some shells quote the command they complain about, and a
 * command may contain any line.
 *
 * A shell's `$?` does not tell a death by signal n from an exit with 128 + n, but its complaint does: `Killed`,
 * `Segmentation fault`. Shells say nothing of INT and PIPE, so there the number alone decides. A complaint with a lower
 * status is about a step before the command: a directory, an output file, a fork.
 */
import { constants } from "node:os";
import type { Outcome } from "../core/job/outcome.js";
import type { ExecutionRequest } from "./execution.js";
import { isShortage, whyNotEntered } from "./not-started.js";

const KINDS = { "+": "ready", "@": "running", "=": "ended" } as const;

export interface Report {
  readonly kind: (typeof KINDS)[keyof typeof KINDS];
  /**
   * Pid of the reader or of the command, or status of the command. NaN: there is no /proc to tell the command's pid.
   */
  readonly value: number;
  /** The shell's complaints before the report, without the line end. */
  readonly complaint: string;
}

export class StatusReader {
  readonly #report: RegExp;
  #partial = "";
  #complaint = "";

  constructor(nonce: string) {
    this.#report = new RegExp(`^([+@=])${nonce} (\\d+|\\*)$`);
  }

  /** The complaints since the last report. */
  get complaint(): string {
    return this.#complaint + this.#partial;
  }

  read(chunk: string): Report[] {
    const lines = (this.#partial + chunk).split("\n");
    this.#partial = lines.pop() ?? "";
    const reports: Report[] = [];
    for (const line of lines) {
      const match = this.#report.exec(line);
      if (match) {
        reports.push({
          kind: KINDS[match[1] as keyof typeof KINDS],
          value: Number(match[2]),
          complaint: this.#complaint.trimEnd(),
        });
        this.#complaint = "";
      } else this.#complaint += `${line}\n`;
    }
    return reports;
  }
}

/** How the command ended, from its status and the complaint before it. */
export function outcomeOf(
  status: number,
  complaint: string,
  { cwd, resources }: Pick<ExecutionRequest, "cwd" | "resources">,
): Outcome {
  if (status === 0) return { kind: "succeeded" };
  if (complaint !== "" && (status <= 128 || isShortage(complaint))) {
    const message = whyNotEntered(cwd) ?? withoutPrefix(complaint);
    return { kind: "not-started", message, transient: isShortage(complaint) };
  }
  const signal = status - 128;
  const cpuTimeMs = resources?.cpuTimeMs;
  // A shell may also report its child's death with a status of its own. Only the kernel sends this signal.
  if (cpuTimeMs !== undefined && signal === constants.signals.SIGXCPU) {
    return { kind: "killed", signal: "SIGXCPU", cpuTimeMs };
  }
  const silent = signal === constants.signals.SIGINT || signal === constants.signals.SIGPIPE;
  if (signal > 0 && (complaint !== "" || silent)) return { kind: "killed", signal: signalName(signal) };
  return { kind: "failed", exitCode: status };
}

function signalName(signal: number): string {
  return Object.entries(constants.signals).find(([, number]) => number === signal)?.[0] ?? `SIG${signal}`;
}

/** Drops prefixes such as `/bin/sh: 12: ` and `sh: line 12: `, which help no reader. */
export function withoutPrefix(complaint: string): string {
  return complaint.replace(/^\S*sh: (?:line )?\d+: /gm, "").trim();
}
