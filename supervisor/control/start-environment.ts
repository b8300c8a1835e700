/** Checks the environment of a start before a home is made for it: its workers would end at once in a wrong one. */
import { resolveConfig, type SettingKey } from "../../src/config/config.js";
import { logLevel } from "../../src/observe/log.js";

/** @throws UnusableError naming the variable */
export function checkStartEnvironment(flags: Partial<Record<SettingKey, number>>): void {
  logLevel();
  resolveConfig({ env: process.env, flags });
}
