/** The output of an attempt as the columns of its row, and back. */
import type { AttemptOutput, StoredStream, StreamPlace } from "../contract/store.js";
import type { OutputRow } from "./rows.js";
import type { OutputColumns } from "./statements/settle.js";

export function columnsOf(output: AttemptOutput | undefined): OutputColumns {
  return {
    stdout: output?.stdout.text ?? null,
    stdoutBytes: output?.stdout.bytes ?? 0,
    stdoutFile: fileOf(output?.stdout),
    stdoutSize: sizeOf(output?.stdout),
    stderr: output?.stderr.text ?? null,
    stderrBytes: output?.stderr.bytes ?? 0,
    stderrFile: fileOf(output?.stderr),
    stderrSize: sizeOf(output?.stderr),
    outputHost: output?.host ?? null,
  };
}

export function outputOf(row: OutputRow): AttemptOutput {
  const none = Buffer.alloc(0);
  const { stdout_bytes, stderr_bytes, output_host: host } = row;
  const stdout = { bytes: stdout_bytes, text: row.stdout ?? none, place: placeOf(row.stdout_file, row.stdout_size) };
  const stderr = { bytes: stderr_bytes, text: row.stderr ?? none, place: placeOf(row.stderr_file, row.stderr_size) };
  return { stdout, stderr, host };
}

function placeOf(path: string | null, size: number | null): StreamPlace {
  if (path !== null) return { kind: "file", path };
  return size === null ? { kind: "row" } : { kind: "chunks", size };
}

function fileOf(stream: StoredStream | undefined): string | null {
  return stream?.place.kind === "file" ? stream.place.path : null;
}

function sizeOf(stream: StoredStream | undefined): number | null {
  return stream?.place.kind === "chunks" ? stream.place.size : null;
}
