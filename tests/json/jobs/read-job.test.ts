import { expect, it } from "vitest";
import { readJob } from "../../../src/json/jobs/read-job.js";

it("leaves out what the queue decides, and names it where it has a value", () => {
  const printed = { command: "x", state: "dead", exit_code: null, attempts: 0, history: [], stdout: "", created: true };
  expect(readJob(printed)).toEqual({ spec: { command: "x" }, ignored: ["state", "attempts", "created"] });
});

it("takes null as left out, but not of a command, and not of a key that is unknown", () => {
  const spec = { command: null, max_retires: null };
  expect(readJob({ ...spec, timeout: null, unique: null })).toEqual({ spec, ignored: [] });
});

it("leaves open what was inherited, unless it was changed since", () => {
  const inherited = { max_retries: 3, timeout: 300, retry_on: [] };
  const { spec } = readJob({ command: "x", max_retries: 10, timeout: 300, retry_on: [], inherited });
  expect(spec).toEqual({ command: "x", max_retries: 10 });
  expect(() => readJob({ command: "x", inherited: 3 })).toThrow('"inherited" is 3: it must be an object');
});

it("takes dependencies as they were asked for, without one that is met and gone", () => {
  const after = [
    { job: "a", when: "ok", status: "waiting", state: "pending" },
    { job: "gone", when: "any", status: "met", state: null },
    { job: "never", when: "ok", status: "unmet", state: null },
    "b:fail",
  ];
  expect(readJob({ command: "x", after }).spec).toEqual({
    command: "x",
    after: [{ job: "a", when: "ok" }, { job: "never", when: "ok" }, "b:fail"],
  });
  expect(readJob({ command: "x", after: "a" }).spec).toEqual({ command: "x", after: "a" });
});

it.each([null, "echo", [{ command: "x" }], 7])("hands on %j, which is no job, as it is", (value) => {
  expect(readJob(value)).toEqual({ spec: value, ignored: [] });
});

it("hides no key that is not known", () => {
  const text = '{"command":"x","__proto__":{"state":1},"constructor":1,"inherited":{}}';
  expect(Object.keys(readJob(JSON.parse(text)).spec as object)).toEqual(["command", "__proto__", "constructor"]);
});
