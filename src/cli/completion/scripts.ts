/**
 * The scripts that `queuectl completion` prints. They ask `queuectl __complete` at each Tab, so they never get out of
 * date.
 */
import bash from "./queuectl.bash";
import fish from "./queuectl.fish";
import zsh from "./queuectl.zsh";
import type { Shell } from "./shells.js";

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash, zsh, fish };
