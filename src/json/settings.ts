/** Settings as JSON: each in the unit of a bare number in `config set`, so durations are seconds. Null: none. */
import { type Config, NO_LIMIT, SETTING_KEYS, SETTINGS, type SettingKey } from "../config/config.js";

export function settingToJson(key: SettingKey, value: number) {
  return { key: nameOf(key), value: valueToJson(key, value) };
}

export function settingWithOriginToJson(key: SettingKey, { values, origins }: Config) {
  return { ...settingToJson(key, values[key]), origin: origins[key] };
}

/** By their names, with underscores. */
export function settingsToJson({ values, origins }: Config, { withOrigin }: { readonly withOrigin: boolean }) {
  return byName(SETTING_KEYS, (key) => {
    const value = valueToJson(key, values[key]);
    return withOrigin ? { value, origin: origins[key] } : value;
  });
}

/** The settings that differ from the default. */
export function changedSettingsToJson({ values, origins }: Config): Record<string, number | null> {
  const changed = SETTING_KEYS.filter((key) => origins[key] !== "default");
  return byName(changed, (key) => valueToJson(key, values[key]));
}

function valueToJson(key: SettingKey, value: number): number | null {
  if (value === NO_LIMIT) return null;
  return "unit" in SETTINGS[key] ? value / 1000 : value;
}

/** With underscores, as all keys of our JSON. */
function nameOf(key: SettingKey): string {
  return key.replaceAll("-", "_");
}

function byName<Value>(keys: readonly SettingKey[], value: (key: SettingKey) => Value): Record<string, Value> {
  return Object.fromEntries(keys.map((key) => [nameOf(key), value(key)]));
}
