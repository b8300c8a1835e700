/**
 * Reads jobs from a file or stdin in batches, and checks each one; an error names the file and the line. Memory is
 * bounded by a batch, however long the file is.
 */
import { createReadStream, fstatSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QueuectlError, UnusableError, UsageError } from "../../core/errors.js";
import type { PreparedJob } from "../../core/job/spec.js";
import { JsonScanner, type ScannedValue } from "./json-scanner.js";
import { parseJson } from "./json-text.js";
import { LineIndex } from "./line-index.js";

/** A batch ends at the first of these limits. */
const BATCH_JOBS = 1000;
const BATCH_CHARACTERS = 1024 * 1024;

const NOT_UTF8 = "nothing was enqueued; to convert it: iconv -f ISO-8859-1 -t UTF-8 FILE | queuectl enqueue -f -";

/** Progress so far. */
export interface ReadProgress {
  readonly jobs: number;
  readonly bytes: number;
}

/** For input that can be read only once, such as stdin. Both are descriptors; null or left out: none. */
interface Copies {
  /** Is written while the input is read. */
  readonly keep?: number | null;
  /** Is read in place of the input: what was kept before. */
  readonly copy?: number | null;
}

export class JobFile {
  readonly #path: string;
  readonly #prepare: (spec: unknown) => PreparedJob;
  readonly #copies: Copies;
  readonly #scanner = new JsonScanner();
  readonly #lines = new LineIndex();
  #bytes = 0;
  /** Called after every chunk of the input. */
  onProgress: (progress: ReadProgress) => void = () => {};

  /** @param path `-` is stdin */
  constructor(path: string, prepare: (spec: unknown) => PreparedJob, copies: Copies = {}) {
    this.#path = path;
    this.#prepare = prepare;
    this.#copies = copies;
  }

  /** Whether the jobs are in a JSON list. Known after reading. */
  get isList(): boolean {
    return this.#scanner.isList;
  }

  /** @throws UsageError naming the line */
  async *batches(): AsyncGenerator<PreparedJob[]> {
    let batch: PreparedJob[] = [];
    let characters = 0;
    for await (const values of this.#values()) {
      for (const value of values) {
        batch.push(this.#read(value));
        characters += value.text.length;
        if (batch.length < BATCH_JOBS && characters < BATCH_CHARACTERS) continue;
        yield batch;
        [batch, characters] = [[], 0];
      }
      this.onProgress({ jobs: this.#lines.length, bytes: this.#bytes });
    }
    if (batch.length > 0) yield batch;
  }

  /** Adds the line of the job to an error of the insert. */
  locate(error: unknown): unknown {
    if (!(error instanceof QueuectlError && "position" in error && typeof error.position === "number")) return error;
    const line = this.#lines.lineOf(error.position);
    return new QueuectlError(error.code, `${this.#label} line ${line}: ${error.message}`, {
      hint: error.hint,
      cause: error,
    });
  }

  get #label(): string {
    return this.#path === "-" ? "stdin" : this.#path;
  }

  #read({ text, line }: ScannedValue): PreparedJob {
    try {
      const job = this.#prepare(parseJson(text));
      this.#lines.add(line);
      return job;
    } catch (error) {
      if (!(error instanceof QueuectlError)) throw error;
      throw new UsageError(`${this.#label} line ${line}: ${error.message}`, error.hint);
    }
  }

  #open(): AsyncIterable<unknown> {
    const { copy = null } = this.#copies;
    if (copy !== null) return createReadStream("", { fd: copy, start: 0, autoClose: false });
    if (this.#path !== "-") return createReadStream(this.#path);
    if (fstatSync(0).isDirectory()) throw new UsageError("stdin is a directory", "--file takes a file, or - for stdin");
    return process.stdin;
  }

  async *#values(): AsyncGenerator<ScannedValue[]> {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    const { keep = null } = this.#copies;
    try {
      for await (const chunk of this.#open()) {
        if (keep !== null) writeFileSync(keep, chunk as Buffer);
        this.#bytes += (chunk as Buffer).length;
        yield this.#scanner.push(decoder.decode(chunk as Buffer, { stream: true }));
      }
      yield this.#scanner.push(decoder.decode());
      yield this.#scanner.end();
    } catch (error) {
      throw this.#explain(error as NodeJS.ErrnoException);
    }
  }

  #explain(error: NodeJS.ErrnoException): unknown {
    if (error instanceof UsageError) {
      return /^line \d/.test(error.message) ? new UsageError(`${this.#label} ${error.message}`, error.hint) : error;
    }
    if (error.code === "ERR_ENCODING_INVALID_ENCODED_DATA")
      return new UsageError(`${this.#label} is not UTF-8 text`, NOT_UTF8);
    if (error.syscall === undefined) return error;
    const reason = { ENOENT: "there is no such file", EISDIR: "it is a directory", EACCES: "you may not read it" }[
      error.code ?? ""
    ];
    return new UsageError(
      `cannot read ${this.#label}: ${reason ?? error.message}`,
      "--file takes a file, or - for stdin",
    );
  }
}

/**
 * A file to keep what can be read only once. It has no name and goes with this process.
 * @returns its descriptor. Null: the jobs can be read again without a copy
 * @throws UnusableError if there can be no temporary file
 */
export function openCopy(path: string): number | null {
  return path === "-" || isReadOnce(path) ? temporaryFile() : null;
}

function isReadOnce(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && (stats.isFIFO() || stats.isCharacterDevice() || stats.isSocket());
}

/** @returns a descriptor */
function temporaryFile(): number {
  try {
    const folder = mkdtempSync(join(tmpdir(), "queuectl-"));
    try {
      return openSync(join(folder, "jobs"), "wx+", 0o600);
    } finally {
      rmSync(folder, { recursive: true });
    }
  } catch (error) {
    throw new UnusableError(
      `there can be no temporary file in ${tmpdir()}: ${(error as Error).message}`,
      "set TMPDIR to a directory that you may write to",
    );
  }
}
