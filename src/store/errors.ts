/** Errors of an insert. Each carries the position in the call, so that the caller can name a line of its input. */
import { ConflictError, NoSuchJobError, QueuectlError, UsageError } from "../core/errors.js";
import { suggest, suggestion } from "../core/text/suggest.js";

/** An id or a unique key is taken. */
export class JobConflictError extends ConflictError {
  override readonly name: string = "JobConflictError";
  readonly jobId: string;
  /** Counted from 0 over all batches. */
  readonly position: number;

  constructor(jobId: string, position: number, reason: keyof typeof MESSAGE, key = "") {
    super(MESSAGE[reason](jobId, key), HINT[reason]);
    this.jobId = jobId;
    this.position = position;
  }
}

const MESSAGE = {
  exists: (id: string) => `job ${id} already exists`,
  processing: (id: string) => `job ${id} is processing and cannot be replaced`,
  twice: (id: string) => `the id ${id} occurs twice in this call`,
  unique: (id: string, key: string) => `the unfinished job ${id} has the unique key ${JSON.stringify(key)}`,
  unique_processing: (id: string, key: string) =>
    `the job ${id} with the unique key ${JSON.stringify(key)} is processing and cannot be replaced`,
} as const;

const HINT = {
  exists: "choose another id, or replace it with --replace",
  processing: "wait until it ends, or cancel it first",
  twice: "give each job its own id",
  unique: "wait until it ends, or give --on-conflict skip or replace",
  unique_processing: "wait until it ends, or cancel it first",
} as const;

/** A job depends on a job that does not exist. */
export class UnknownParentError extends NoSuchJobError {
  override readonly name: string = "UnknownParentError";
  readonly position: number;

  constructor(parent: string, position: number) {
    super(parent);
    this.position = position;
  }
}

/** No policy has this name. */
export class NoSuchPolicyError extends QueuectlError {
  override readonly name: string = "NoSuchPolicyError";
  /** Position of the job that names it. Undefined: no job did. */
  readonly position: number | undefined;

  constructor(name: string, known: readonly string[], position?: number) {
    const hint =
      known.length === 0 ? `there are none yet: queuectl policy set ${name} --max-retries 5` : suggestion(name, known);
    super("not_found", `there is no policy ${JSON.stringify(name)}`, { hint });
    this.position = position;
  }
}

/** Jobs depend on each other in a cycle. */
export class CycleError extends UsageError {
  override readonly name: string = "CycleError";
  readonly cycle: readonly string[];
  readonly position: number;

  constructor(cycle: readonly string[], position: number) {
    super(`jobs wait for each other: ${shorten(cycle).join(" after ")}`, "none of them could ever run");
    this.cycle = cycle;
    this.position = position;
  }
}

/** The queue holds as many waiting jobs as it may. */
export class QueueFullError extends QueuectlError {
  override readonly name: string = "QueueFullError";

  constructor(queue: string, length: number) {
    super("busy", `the queue ${queue} is full: at most ${length} may wait in it`, {
      hint: `try again later, or allow more: queuectl queue set ${queue} --max-length N`,
    });
  }
}

/** No queue has this name. */
export class NoSuchQueueError extends QueuectlError {
  override readonly name: string = "NoSuchQueueError";

  constructor(name: string, known: readonly string[]) {
    const meant = suggest(name, known);
    const hint = meant === undefined ? "queuectl queue list shows the queues that there are" : `did you mean ${meant}?`;
    super("not_found", `there is no queue ${JSON.stringify(name)}`, { hint });
  }
}

/** No schedule has this name. */
export class NoSuchScheduleError extends QueuectlError {
  override readonly name: string = "NoSuchScheduleError";

  constructor(name: string, known: readonly string[]) {
    const meant = suggest(name, known);
    const hint =
      meant === undefined ? "queuectl schedule list shows the schedules that there are" : `did you mean ${meant}?`;
    super("not_found", `there is no schedule ${JSON.stringify(name)}`, { hint });
  }
}

/** A schedule with this name exists. */
export class ScheduleExistsError extends ConflictError {
  override readonly name: string = "ScheduleExistsError";

  constructor(name: string) {
    super(`schedule ${name} already exists`, "choose another name, or replace it with --replace");
  }
}

function shorten(cycle: readonly string[]): readonly string[] {
  return cycle.length <= 8 ? cycle : [...cycle.slice(0, 4), "…", ...cycle.slice(-3)];
}
