import { expect, it } from "vitest";
import { SETTING_KEYS, settingKey } from "../../src/config/config.js";
import { KEY_NAMES } from "../../src/config/key-names.js";

it("takes a key by its names of elsewhere, each of which means one", () => {
  for (const [name, key] of KEY_NAMES) {
    expect(SETTING_KEYS).not.toContain(name);
    expect(settingKey(name), name).toBe(key);
    expect(settingKey(name.replaceAll("-", "_").toUpperCase()), name).toBe(key);
  }
  expect(new Set(KEY_NAMES.map(([name]) => name)).size).toBe(KEY_NAMES.length);
  expect(settingKey("maxRetries")).toBe("max-retries");
  expect(settingKey("backoff.base")).toBe("backoff-base");
});
