/**
 * Finds the processes that run another program than this one, as they do after an upgrade until they are renewed. Says
 * which command renews them: a supervisor stays as it is until it is stopped, and its new workers run what lies in the
 * supervisor's own folder by now.
 */
import { plural } from "../core/text/plural.js";
import type { ProcessRecord } from "../store/contract/store.js";
import type { Program } from "../system/process/program.js";
import type { Status } from "./status.js";

/** The processes of one pool that run the same other program. */
export interface OtherProgram {
  readonly pool: string;
  /** Null: a version that did not record it. */
  readonly program: Program | null;
  /** Pid of the pool's supervisor. Null: it runs another program than these workers. */
  readonly supervisor: number | null;
  /** Pids of workers. */
  readonly workers: readonly number[];
}

type Runner = Pick<ProcessRecord, "kind" | "pool" | "pid" | "program">;

/** The processes that live, supervisors first. */
export function runnersOf({ pools, workers }: Pick<Status, "pools" | "workers">): Runner[] {
  const living = workers.filter(({ state }) => state !== "dead");
  return [
    ...pools.map(({ name, pid, program }) => ({ kind: "supervisor" as const, pool: name, pid, program })),
    ...living.map(({ pool, pid, program }) => ({ kind: "worker" as const, pool, pid, program })),
  ];
}

/** @param processes the living ones, supervisors first */
export function otherPrograms(processes: readonly Runner[], own: Program): OtherProgram[] {
  const groups = new Map<string, OtherProgram>();
  for (const { kind, pool, pid, program } of processes) {
    if (program?.build === own.build && program.version === own.version) continue;
    const key = JSON.stringify([pool, program]);
    const group = groups.get(key) ?? { pool, program, supervisor: null, workers: [] };
    const grown = kind === "supervisor" ? { supervisor: pid } : { workers: [...group.workers, pid] };
    groups.set(key, { ...group, ...grown });
  }
  return [...groups.values()];
}

export function otherProgramText({ pool, program, supervisor, workers }: OtherProgram, own: Program): string {
  const ofSupervisor = supervisor === null ? [] : [`supervisor ${supervisor}`];
  const some = workers.length === 1 ? `worker ${workers[0]}` : plural(workers.length, "worker");
  const who = [...ofSupervisor, ...(workers.length === 0 ? [] : [some])].join(" and ");
  const runs = ofSupervisor.length + workers.length === 1 ? "runs" : "run";
  const what = program === null ? "an older version" : programText(program);
  return `${who} of pool ${pool} ${runs} ${what}; this is ${programText(own)}`;
}

function programText({ version, build }: Program): string {
  return `version ${version} (build ${build})`;
}

/** What to type to get this program instead, a sentence for each way. */
export function renewalOf({ pool, program, supervisor, workers }: OtherProgram, own: Program): string[] {
  const restart = `To renew the workers of pool ${pool}: queuectl worker restart --name ${pool}`;
  const stop = `To renew pool ${pool}: queuectl worker stop --name ${pool}, then start it as before`;
  const canRestart = workers.length > 0 && program?.folder === own.folder;
  if (!canRestart) return [stop];
  return supervisor === null ? [restart] : [restart, stop];
}
