import { describe, expect, it } from "vitest";
import { type OtherProgram, otherPrograms, otherProgramText, renewalOf } from "../../src/queue/other-program.js";

const own = { version: "2.0.0", build: "new", folder: "/opt/queuectl" };
const old = { ...own, version: "1.0.0", build: "old" };
const supervisor = (pid: number, program: typeof own | null, pool = "main") =>
  ({ kind: "supervisor", pool, pid, program }) as const;
const worker = (pid: number, program: typeof own | null, pool = "main") =>
  ({ kind: "worker", pool, pid, program }) as const;

describe("other programs", () => {
  it("are those of another version or build, wherever they lie", () => {
    const same = [supervisor(1, own), worker(2, { ...own, folder: "/elsewhere" })];
    expect(otherPrograms(same, own)).toEqual([]);
    expect(otherPrograms([worker(2, { ...own, build: "old" })], own)).toHaveLength(1);
    expect(otherPrograms([worker(2, { ...own, version: "1.9.0" })], own)).toHaveLength(1);
    expect(otherPrograms([worker(2, null)], own)).toHaveLength(1);
  });

  it("are told by pool and program", () => {
    const processes = [
      supervisor(1, old),
      supervisor(5, own, "gpu"),
      worker(2, old),
      worker(3, old),
      worker(4, null),
      worker(6, old, "gpu"),
      worker(7, own, "gpu"),
    ];
    expect(otherPrograms(processes, own)).toEqual([
      { pool: "main", program: old, supervisor: 1, workers: [2, 3] },
      { pool: "main", program: null, supervisor: null, workers: [4] },
      { pool: "gpu", program: old, supervisor: null, workers: [6] },
    ]);
  });

  it.each<[Partial<OtherProgram>, string]>([
    [{ supervisor: 1 }, "supervisor 1 of pool main runs version 1.0.0 (build old)"],
    [{ workers: [2] }, "worker 2 of pool main runs version 1.0.0 (build old)"],
    [{ workers: [2, 3], program: null }, "2 workers of pool main run an older version"],
    [{ supervisor: 1, workers: [2] }, "supervisor 1 and worker 2 of pool main run version 1.0.0 (build old)"],
  ])("%j: said in words", (fields, text) => {
    const other = { pool: "main", program: old, supervisor: null, workers: [], ...fields };
    expect(otherProgramText(other, own)).toBe(`${text}; this is version 2.0.0 (build new)`);
  });

  const restart = "To renew the workers of pool main: queuectl worker restart --name main";
  const stop = "To renew pool main: queuectl worker stop --name main, then start it as before";
  it.each<[string, Partial<OtherProgram>, string[]]>([
    ["both of them", { supervisor: 1, workers: [2] }, [restart, stop]],
    ["workers whose supervisor is renewed", { workers: [2] }, [restart]],
    ["a supervisor alone", { supervisor: 1 }, [stop]],
    // Its supervisor would start workers of that folder again.
    ["another folder", { workers: [2], program: { ...old, folder: "/old" } }, [stop]],
    ["a program that is not known", { supervisor: 1, workers: [2], program: null }, [stop]],
  ])("%s: what renews them", (_, fields, steps) => {
    expect(renewalOf({ pool: "main", program: old, supervisor: null, workers: [], ...fields }, own)).toEqual(steps);
  });
});
