/**
 * Collects the files of an attempt, its output and its report, for the record of its end, and removes them once that
 * record is on disk. Not before: the process that reads them may die or fail to write, and then another one has to read
 * them again.
 */
import { rmSync, unlinkSync } from "node:fs";
import { relative } from "node:path";
import { describeOutcome, type Outcome } from "../core/job/outcome.js";
import { lastLine } from "../exec/last-line.js";
import { type CapturedStream, collectOutput } from "../exec/output.js";
import type { OutputLimiter } from "../exec/output-limiter.js";
import { collectReport, failed } from "../exec/report.js";
import type { Home } from "../home/home.js";
import type { Settlement, StoredStream } from "../store/contract/store.js";
import { outputPaths, reportPaths } from "./paths.js";

export interface AttemptFiles {
  readonly record: Required<Pick<Settlement, "output" | "result" | "reason" | "remark">>;
  /** Removes the files whose content the record holds. Never throws. */
  discard(): void;
}

/** Never throws. @param limiter see {@link collectOutput} */
export function collectFiles(
  home: Home,
  fence: number,
  outcome: Outcome,
  limiter: OutputLimiter | null = null,
): AttemptFiles {
  const paths = outputPaths(home, fence);
  const reports = reportPaths(home, fence);
  const stdout = collectOutput(paths.stdout, limiter);
  const stderr = collectOutput(paths.stderr, limiter);
  const { found, ...report } = collectReport(reports, outcome);
  const reason = report.reason ?? reasonFrom(stderr, outcome);
  return {
    record: { output: { stdout: stored(home, stdout), stderr: stored(home, stderr) }, ...report, reason },
    discard() {
      if (stdout.file === null) remove(paths.stdout);
      if (stderr.file === null) remove(paths.stderr);
      if (!found) return;
      remove(reports.result);
      remove(reports.error);
    },
  };
}

/** Why the command failed, as the end of its stderr has it. Null: it did not fail, or wrote nothing there. */
function reasonFrom(stderr: CapturedStream, outcome: Outcome): string | null {
  const line = failed(outcome) ? lastLine(stderr.text) : null;
  return line === null ? null : `${describeOutcome(outcome)}: ${line}`;
}

function stored(home: Home, { bytes, text, file }: CapturedStream): StoredStream {
  return { bytes, text, file: file === null ? null : relative(home.dir, file) };
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    removeWhatever(path);
  }
}

/** A command may have made the file a folder. */
function removeWhatever(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // The supervisor tries again when it looks for leftover files.
  }
}
