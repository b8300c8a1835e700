/** The settings as a table. */
import { type Config, formatSetting, SETTING_KEYS, SETTINGS, type SettingKey } from "../../config/config.js";
import { type Column, renderTable } from "../terminal/table.js";

interface Choice {
  readonly withOrigin: boolean;
}

export function settingsTable(config: Config, choice: Choice): Promise<string> {
  return renderTable(settingColumns(config, choice), SETTING_KEYS);
}

export function settingColumns({ values, origins }: Config, { withOrigin }: Choice): Column<SettingKey>[] {
  return [
    { title: "key", value: (key) => key, importance: 9, least: 20 },
    { title: "value", value: (key) => formatSetting(key, values[key]), importance: 8 },
    { title: "origin", value: (key) => origins[key], inUse: () => withOrigin },
    { title: "what it is", value: (key) => SETTINGS[key].description },
  ];
}
