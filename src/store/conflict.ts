import { ConflictError } from "../core/errors.js";

/** An id of an insert is taken. Carries the position in the call, so that the caller can name a line of its input. */
export class JobConflictError extends ConflictError {
  readonly jobId: string;
  /** Counted from 0 over all batches. */
  readonly position: number;

  constructor(jobId: string, position: number, reason: "exists" | "processing" | "twice") {
    super(MESSAGE[reason](jobId), HINT[reason]);
    this.jobId = jobId;
    this.position = position;
  }
}

const MESSAGE = {
  exists: (id: string) => `job ${id} already exists`,
  processing: (id: string) => `job ${id} is processing and cannot be replaced`,
  twice: (id: string) => `the id ${id} occurs twice in this call`,
} as const;

const HINT = {
  exists: "choose another id, or replace it with --replace",
  processing: "wait until it ends, or cancel it first",
  twice: "give each job its own id",
} as const;
