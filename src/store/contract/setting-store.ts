/** The role of the store that keeps a user's configuration as text; `config.ts` interprets it. */
export interface SettingStore {
  all(): Promise<Readonly<Record<string, string>>>;
  /** Null removes the key. */
  set(key: string, value: string | null): Promise<void>;
  /** Sets the key to the result of `change` on its value, in one transaction. If `change` throws, nothing changes. */
  update(key: string, change: (value: string | null) => string | null): Promise<void>;
}
