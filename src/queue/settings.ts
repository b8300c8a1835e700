/** The stored configuration, by key; `Client.config` has the values in force. */
import { formatSetting, parseSetting, type SettingKey, settingKey } from "../config/config.js";
import type { Store } from "../store/contract/store.js";

export class Settings {
  readonly #store: Pick<Store, "settings">;

  /** @internal */
  constructor(store: Pick<Store, "settings">) {
    this.#store = store;
  }

  /**
   * Stores a value as it is typed: `5`, `90s`, `10M`. It applies from the next claim on.
   *
   * ```ts
   * await client.settings.set("max-retries", "5");
   * ```
   * @returns the value: durations in milliseconds, sizes in bytes
   * @throws UsageError
   */
  async set(name: SettingKey, text: string): Promise<number> {
    const key = settingKey(name);
    const value = parseSetting(key, text);
    await this.#store.settings.set(key, formatSetting(key, value));
    return value;
  }

  /** Removes the stored value, so that the default applies again. @throws UsageError */
  async unset(name: SettingKey): Promise<void> {
    await this.#store.settings.set(settingKey(name), null);
  }
}
