/** Configuration that a user stored, as it was written; `config.ts` gives it meaning. */
export interface SettingStore {
  all(): Promise<Readonly<Record<string, string>>>;
  /** Null removes the key. */
  set(key: string, value: string | null): Promise<void>;
  /** Sets the key to what `change` makes of its value, in one transaction. If that throws, nothing is changed. */
  update(key: string, change: (value: string | null) => string | null): Promise<void>;
}
