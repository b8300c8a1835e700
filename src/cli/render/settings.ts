/** The settings as a table. */
import { type Config, formatSetting, SETTING_KEYS, SETTINGS } from "../../config/config.js";
import { renderTable } from "../terminal/table.js";

export async function settingsTable(
  { values, origins }: Config,
  { withOrigin }: { readonly withOrigin: boolean },
): Promise<string> {
  return renderTable(
    [
      { title: "key", value: (key) => key, importance: 9, least: 20 },
      { title: "value", value: (key) => formatSetting(key, values[key]), importance: 8 },
      { title: "origin", value: (key) => origins[key], inUse: () => withOrigin },
      { title: "what it is", value: (key) => SETTINGS[key].description },
    ],
    SETTING_KEYS,
  );
}
