/**
 * Reads the channel of a launcher. Lines with the nonce are reports. All other lines are the shell's complaints and
 * belong to the next report. The nonce is needed because some shells quote the command they complain about, and a
 * command may contain any line.
 *
 * A shell's `$?` does not tell a death by signal n from an exit with 128 + n, but its complaint does: `Killed`,
 * `Segmentation fault`. Shells say nothing of INT and PIPE, and after a pipeline 141 is a common exit code. So 130 and
 * 141 are exit codes, too, unless INT went to the whole group, which the launcher notices. A complaint with a lower
 * status is about a step before the command: a directory, an output file, a fork.
 */
import { constants } from "node:os";
import { type Outcome, signalName } from "../core/job/outcome.js";
import type { ExecutionRequest } from "./execution.js";
import { isShortage, whyNotEntered } from "./not-started.js";

const KINDS = { "+": "ready", "@": "running", "=": "ended" } as const;
/** Marks the report that INT went to the launcher, too. */
const INTERRUPTED = "!";

export interface Report {
  readonly kind: (typeof KINDS)[keyof typeof KINDS];
  /**
   * Pid of the reader or of the command, or status of the command. NaN: there is no /proc to tell the command's pid.
   */
  readonly value: number;
  /** The shell's complaints before the report, without the line end. */
  readonly complaint: string;
  /** Whether INT has gone to the launcher since the command began, and so to the whole group. */
  readonly interrupted: boolean;
}

/** What a launcher tells of the end of a command. */
export type CommandEnd = { readonly status: number } & Pick<Report, "complaint" | "interrupted">;

export class StatusReader {
  readonly #report: RegExp;
  #partial = "";
  #complaint = "";
  #interrupted = false;

  constructor(nonce: string) {
    this.#report = new RegExp(`^([+@=!])${nonce} (?:/proc/self/task/)?(\\d+|\\*)$`);
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
      if (!match) this.#complaint += `${line}\n`;
      else if (match[1] === INTERRUPTED) this.#interrupted = true;
      else {
        reports.push({
          kind: KINDS[match[1] as keyof typeof KINDS],
          value: Number(match[2]),
          complaint: this.#complaint.trimEnd(),
          interrupted: this.#interrupted,
        });
        this.#complaint = "";
        this.#interrupted = false;
      }
    }
    return reports;
  }
}

export function outcomeOf(
  { status, complaint, interrupted }: CommandEnd,
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
  const isTold = complaint !== "" || (interrupted && signal === constants.signals.SIGINT);
  if (signal > 0 && isTold) return { kind: "killed", signal: signalName(signal) ?? `SIG${signal}` };
  return { kind: "failed", exitCode: status };
}

/** Drops prefixes such as `/bin/sh: 12: ` and `sh: line 12: `, which help no reader. */
export function withoutPrefix(complaint: string): string {
  return complaint.replace(/^\S*sh: (?:line )?\d+: /gm, "").trim();
}
