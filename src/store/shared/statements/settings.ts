import type { None, Prepared } from "./prepared.js";

export interface SettingStatements {
  /** In the order of their keys. */
  readonly all: Prepared<None, { key: string; value: string }>;
  readonly get: Prepared<{ key: string }, { value: string }>;
  /** Adds or replaces it. */
  readonly put: Prepared<{ key: string; value: string }>;
  readonly delete: Prepared<{ key: string }>;
}
