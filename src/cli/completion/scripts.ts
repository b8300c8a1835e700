/** What `queuectl completion` prints: it asks `queuectl __complete` at each Tab, so it never grows old. */
import bash from "./queuectl.bash";
import fish from "./queuectl.fish";
import zsh from "./queuectl.zsh";
import type { Shell } from "./shells.js";

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash, zsh, fish };
