import { describe, expect, it } from "vitest";
import { JOB_KEY_NAMES, jobKeyHint } from "../../../src/core/job/key-names.js";
import { JOB_KEYS } from "../../../src/core/job/schema.js";
import { STATES } from "../../../src/core/job/state.js";
import { STATE_NAMES, stateHint } from "../../../src/core/job/state-names.js";

describe("a hint for an unknown key of a job", () => {
  it("names the key that is called so elsewhere", () => {
    for (const [name, key] of JOB_KEY_NAMES) {
      expect(JOB_KEYS).toContain(key);
      expect(JOB_KEYS).not.toContain(name);
      expect(jobKeyHint(name, JOB_KEYS), name).toBe(`did you mean ${key}?`);
    }
    expect(new Set(JOB_KEY_NAMES.map(([name]) => name)).size).toBe(JOB_KEY_NAMES.length);
  });

  it.each([
    ["maxRetries", "did you mean max_retries?"],
    ["max-retries", "did you mean max_retries?"],
    ["runAt", "did you mean run_at?"],
    ["dependsOn", "did you mean after?"],
    ["timeoutSeconds", "did you mean timeout?"],
    ["timeoutMs", 'use "timeout":"5000ms"'],
    ["priorty", "did you mean priority?"],
  ])("%s: %s", (key, hint) => {
    expect(jobKeyHint(key, JOB_KEYS)).toBe(hint);
  });

  it("names no key that is not allowed there", () => {
    expect(jobKeyHint("dependsOn", ["timeout", "jitter"])).toBe("known: timeout, jitter");
  });
});

it("names the state that is called so elsewhere", () => {
  for (const [name, state] of STATE_NAMES) {
    expect(STATES).not.toContain(name);
    expect(stateHint(name), name).toBe(`did you mean ${state}?`);
  }
  expect(new Set(STATE_NAMES.map(([name]) => name)).size).toBe(STATE_NAMES.length);
  expect(stateHint("pendin")).toBe("did you mean pending?");
  expect(stateHint("xyz")).toMatch(/^known: blocked, pending, /);
});
