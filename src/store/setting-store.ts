/** Configuration that a user stored, as it was written; `config.ts` gives it meaning. */
export interface SettingStore {
  all(): Promise<Readonly<Record<string, string>>>;
  /** Null removes the key. */
  set(key: string, value: string | null): Promise<void>;
}
