/**
 * A sandbox for faults: the program with failpoints, jobs with a witness, and at the end the question whether everything
 * that was promised has been kept.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Job } from "../../src/core/job/job.js";
import { Client, contextOf } from "../../src/queue/client.js";
import type { JobSpec } from "../../src/queue/jobs/spec.js";
import type { FailpointName } from "../../src/system/failpoint.js";
import type { Background } from "../support/background.js";
import { Sandbox } from "../support/sandbox.js";
import { waitFor } from "../support/wait-for.js";
import { damage, type History, stackTraces, violations } from "./invariants.js";
import { type Member, processesOf, type Role } from "./processes.js";
import { readWitness, type Sighting, witnessed } from "./witness.js";

/** Who is killed (or stopped) by the process that reaches a failpoint. */
export type Action = "worker" | "supervisor" | "both" | "freeze";

export class FaultBox extends Sandbox {
  readonly witnessFile = join(this.folder, "witness");
  readonly #marker = join(this.folder, "reached");
  readonly #acknowledged: string[] = [];
  readonly #supervisors: Background[] = [];
  #client: Client | undefined;

  constructor() {
    super("dist-faults");
    // Short, so that leases are renewed often and what is silent is found soon.
    this.env.QUEUECTL_LEASE_DURATION = "1500ms";
    this.env.QUEUECTL_BACKOFF_BASE = "0";
    // So that every fault meets jobs that lie ready. Otherwise only short ones would.
    this.env.QUEUECTL_ALWAYS_AHEAD = process.env.FAULTS_AHEAD ?? "1";
  }

  /** For all processes that are started after this. */
  arm(name: FailpointName, action: Action): void {
    this.env.QUEUECTL_FAILPOINT = `${name}:${action}:${this.#marker}`;
  }

  get reached(): boolean {
    return existsSync(this.#marker);
  }

  async client(): Promise<Client> {
    this.#client ??= await Client.open({ home: this.home, db: join(this.home, "queuectl.db") });
    return this.#client;
  }

  /** Enqueues a job that does `body` between its two lines of witness. */
  async enqueue(id: string, body: string, more: Partial<JobSpec> = {}): Promise<void> {
    const { limitKey: key, limit: slots } = more;
    const limit = key === undefined || slots === undefined ? undefined : { key, slots };
    await this.enqueuePlain(id, witnessed(this.witnessFile, body, limit), more);
  }

  async enqueuePlain(id: string, command: string, more: Partial<JobSpec> = {}): Promise<void> {
    const client = await this.client();
    await client.jobs.enqueue({ id, command, cwd: this.folder, ...more });
    this.acknowledge(id);
  }

  /** Notes a job that a test has enqueued in a way of its own. */
  acknowledge(id: string): void {
    this.#acknowledged.push(id);
  }

  get acknowledged(): number {
    return this.#acknowledged.length;
  }

  get witness(): Sighting[] {
    return readWitness(this.witnessFile);
  }

  /** Waits until this job has begun to run (for the nth time), and tells its newest run. */
  began(job: string, times = 1): Promise<Sighting> {
    return waitFor(`${job} to begin ${times} time(s)`, () => {
      const runs = this.witness.filter((seen) => seen.kind === "S" && seen.job === job);
      return runs.length >= times && runs.at(-1);
    });
  }

  override async supervisor(...flags: string[]): Promise<Background> {
    const supervisor = await super.supervisor(...flags);
    this.#supervisors.push(supervisor);
    return supervisor;
  }

  processes(role?: Role): Member[] {
    return processesOf(this.home).filter((member) => role === undefined || member.role === role);
  }

  async history(id: string): Promise<History> {
    const { store } = contextOf(await this.client());
    return {
      job: (await store.jobs.get(id)) as Job,
      attempts: await store.jobs.attempts(id),
      dependencies: await store.jobs.dependencies(id),
    };
  }

  /** What the logs say of the jobs that a verdict names, to find out how it came to that. */
  logOf(verdict: readonly string[]): string {
    const ids = new Set(verdict.flatMap((one) => /^I\d+: (\S+) /.exec(one)?.[1] ?? []));
    const lines = this.#supervisors.flatMap(({ stderr }) => stderr.split("\n"));
    return [...ids].flatMap((id) => lines.filter((line) => line.split(/[^\w-]+/).includes(id))).join("\n");
  }

  /** Waits until every acknowledged job has ended. */
  async idle(timeoutMs = 60_000): Promise<void> {
    const client = await this.client();
    await waitFor(
      "all jobs to end",
      async () => {
        const counts = await contextOf(client).store.jobs.counts();
        return counts.pending + counts.processing + counts.failed + counts.blocked === 0;
      },
      timeoutMs,
    ).catch(async (error) => {
      throw new Error(`${error.message}\n${await this.#situation()}`);
    });
  }

  /** For whoever has to find out why nothing happens. */
  async #situation(): Promise<string> {
    const { store } = contextOf(await this.client());
    const unfinished = await store.jobs.list({ states: ["pending", "failed", "processing"] });
    const facts = {
      now: Date.now(),
      unfinished: unfinished.map(({ id, state, runAt, workerId, fence }) => ({ id, state, runAt, workerId, fence })),
      registered: (await store.processes.list()).map(({ id, kind, pid, state }) => `${kind} ${id} ${pid} ${state}`),
      alive: this.processes().map(({ pid, role }) => `${role} ${pid}`),
    };
    const log = this.#supervisors.at(-1)?.stderr.split("\n").slice(-30).join("\n");
    return `${JSON.stringify(facts, null, 1)}\n${log}`;
  }

  /** Stops what runs, waits until it is gone, and says what was not kept (I1 to I8, I10, I12): nothing, it is hoped. */
  async verdict(): Promise<string[]> {
    const stop = await this.run(["worker", "stop"]);
    if (![0, 5].includes(stop.code ?? -1)) return [`worker stop: ${stop.code} ${stop.stderr}`];
    const client = await this.client();
    // A worker whose supervisor was killed leaves by itself.
    const gone = await waitFor("all processes to leave", () => this.processes().length === 0, 15_000).catch(
      () => false,
    );
    const left = gone ? [] : this.processes().map(({ pid, role }) => `I8: ${role} ${pid} still lives`);
    const jobs = await client.jobs.list();
    const histories = await Promise.all(jobs.map(async ({ id }) => this.history(id)));
    const { values } = await client.config();
    const evidence = { histories, acknowledged: this.#acknowledged, witness: this.witness };
    const said = [stop.stderr, ...this.#supervisors.map(({ stderr }) => stderr)];
    await this.closeClient();
    return [
      ...violations({ ...evidence, maxRetries: values["max-retries"] }),
      ...left,
      ...damage(join(this.home, "queuectl.db")),
      ...stackTraces(said),
    ];
  }

  override async dispose(): Promise<void> {
    await this.closeClient();
    await super.dispose();
    for (const { pid } of this.processes()) process.kill(pid, "SIGKILL");
  }

  /** Lets go of the files of the home, until they are asked for again. */
  async closeClient(): Promise<void> {
    await this.#client?.close();
    this.#client = undefined;
  }
}
