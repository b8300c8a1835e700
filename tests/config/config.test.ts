import { describe, expect, it } from "vitest";
import {
  environmentName,
  formatSetting,
  parseSetting,
  resolveConfig,
  retryPolicy,
  SETTING_KEYS,
  SETTINGS,
  settingKey,
} from "../../src/config/config.js";
import { UnusableError } from "../../src/core/errors.js";

describe("configuration", () => {
  it("has the documented defaults", () => {
    const { values, origins, policies } = resolveConfig({});
    expect(SETTING_KEYS.map((key) => `${key}=${formatSetting(key, values[key])}`)).toEqual([
      "max-retries=3",
      "backoff-base=2",
      "backoff-max=3600",
      "backoff-jitter=0",
      "job-timeout=300",
      "worker-poll-interval=1",
      "lease-duration=15",
      "grace-period=none",
      "output-limit=10M",
      "retention=7d",
      "retention-dead=keep",
      "worker-count=1",
      "concurrency=1",
    ]);
    expect(new Set(Object.values(origins))).toEqual(new Set(["default"]));
    expect(retryPolicy({ values, origins, policies })).toEqual({
      maxRetries: 3,
      backoff: { base: 2, maxMs: 3_600_000, jitter: 0 },
    });
  });

  it("prefers flags to the environment, that to what is stored, and that to the default", () => {
    const stored = { "max-retries": "4", "backoff-base": "3", "job-timeout": "5m" };
    const env = { QUEUECTL_MAX_RETRIES: "5", QUEUECTL_BACKOFF_BASE: "1.5", QUEUECTL_JOB_TIMEOUT: "" };
    const { values, origins } = resolveConfig({ stored, env, flags: { "max-retries": 6 } });
    expect([values["max-retries"], origins["max-retries"]]).toEqual([6, "flag"]);
    expect([values["backoff-base"], origins["backoff-base"]]).toEqual([1.5, "environment"]);
    expect([values["job-timeout"], origins["job-timeout"]]).toEqual([300_000, "stored"]);
    expect([values.retention, origins.retention]).toEqual([604_800_000, "default"]);
  });

  it.each(["max-retries", "max_retries", "MAX_RETRIES", "default_max_retries", "default-max-retries"])(
    "knows max-retries as %s",
    (name) => expect(settingKey(name)).toBe("max-retries"),
  );

  it.each([
    ["max-retrys", "did you mean max-retries?"],
    ["backof_base", "did you mean backoff-base?"],
    ["toString", "known: max-retries"],
    ["constructor", "known: max-retries"],
  ])("does not know %s, and says what there is", (name, hint) => {
    expect(() => settingKey(name)).toThrow(`there is no configuration key "${name}"`);
    try {
      settingKey(name);
    } catch (error) {
      expect((error as UnusableError).hint).toContain(hint);
    }
  });

  it.each([
    ["max-retries", "0"],
    ["max-retries", "-1"],
    ["max-retries", "1.5"],
    ["max-retries", "many"],
    ["max-retries", ""],
    ["backoff-base", "-2"],
    ["backoff-base", "1001"],
    ["backoff-jitter", "1.1"],
    ["job-timeout", "-1"],
    ["job-timeout", "soon"],
    ["worker-poll-interval", "1ms"],
    ["lease-duration", "0.5"],
    ["output-limit", "big"],
    ["retention", "7 days"],
    ["retention-dead", "never"],
    ["worker-count", "0"],
    ["worker-count", "513"],
    ["concurrency", "two"],
  ] as const)("refuses %s = %j", (key, text) =>
    expect(() => parseSetting(key, text)).toThrow(new RegExp(`^${key} is `)),
  );

  it("blames the surroundings for a value that nobody typed just now", () => {
    const env = { QUEUECTL_MAX_RETRIES: "many" };
    expect(() => resolveConfig({ env })).toThrow(UnusableError);
    expect(() => resolveConfig({ env })).toThrow(/QUEUECTL_MAX_RETRIES is "many"/);
    expect(() => resolveConfig({ stored: { "job-timeout": "soon" } })).toThrow(/job-timeout is "soon"/);
  });

  it("writes every value so that it is read back", () => {
    for (const key of SETTING_KEYS) {
      const value = SETTINGS[key].default;
      expect(parseSetting(key, formatSetting(key, value))).toBe(value);
    }
    expect(parseSetting("job-timeout", formatSetting("job-timeout", 1500))).toBe(1500);
    expect(environmentName("worker-poll-interval")).toBe("QUEUECTL_WORKER_POLL_INTERVAL");
  });
});
