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
import type { AttemptOutput, OutputChunks, Settlement, StoredStream, StreamName } from "../store/contract/store.js";
import { putChunks } from "./chunks.js";
import { outputPaths, reportPaths } from "./paths.js";

export interface AttemptFiles {
  readonly record: Required<Pick<Settlement, "output" | "result" | "reason" | "remark">>;
  /** Removes the files whose content the record holds. Never throws. */
  discard(): void;
}

/** The streams of an attempt. */
export interface CollectedOutput {
  readonly output: AttemptOutput;
  /** See {@link AttemptFiles}. */
  discard(): void;
}

/** Where the files of an attempt are, and where large streams go. */
export interface FilesOptions {
  readonly home: Home;
  /** Null: a large stream stays in its file. */
  readonly chunks: Pick<OutputChunks, "put"> | null;
  /** What has bounded the output. Left out: nothing. */
  readonly limiter?: OutputLimiter;
}

/** Rejects only if chunks cannot be stored now. */
export async function collectFiles(options: FilesOptions, fence: number, outcome: Outcome): Promise<AttemptFiles> {
  const reports = reportPaths(options.home, fence);
  const { found, ...report } = collectReport(reports, outcome);
  const { output, discard } = await collectStreams(options, fence);
  const reason = report.reason ?? reasonFrom(output.stderr, outcome);
  return {
    record: { output, ...report, reason },
    discard() {
      discard();
      if (!found) return;
      remove(reports.result);
      remove(reports.error);
    },
  };
}

/** Rejects only if chunks cannot be stored now. */
export async function collectStreams(options: FilesOptions, fence: number): Promise<CollectedOutput> {
  const { home, chunks, limiter = null } = options;
  const paths = outputPaths(home, fence);
  const collect = async (stream: StreamName): Promise<StoredStream> => {
    const captured = collectOutput(paths[stream], limiter, chunks === null ? undefined : "the database");
    return chunks === null ? inHome(home, captured) : putChunks(chunks, captured, { fence, stream });
  };
  const [stdout, stderr] = [await collect("stdout"), await collect("stderr")];
  return {
    output: { stdout, stderr, host: null },
    discard() {
      if (stdout.place.kind !== "file") remove(paths.stdout);
      if (stderr.place.kind !== "file") remove(paths.stderr);
    },
  };
}

/** Why the command failed, as the end of its stderr has it. Null: it did not fail, or wrote nothing there. */
function reasonFrom(stderr: StoredStream, outcome: Outcome): string | null {
  const line = failed(outcome) ? lastLine(stderr.text) : null;
  return line === null ? null : `${describeOutcome(outcome)}: ${line}`;
}

function inHome(home: Home, { bytes, text, file }: CapturedStream): StoredStream {
  return { bytes, text, place: file === null ? { kind: "row" } : { kind: "file", path: relative(home.dir, file) } };
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
