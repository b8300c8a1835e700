/** A copy of the built program with the parts of `node_modules` that it needs, so that a test can break it. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ADDON = "node_modules/better-sqlite3/build/Release/better_sqlite3.node";
const COPIED = [
  "dist",
  "package.json",
  "node_modules/better-sqlite3/lib",
  "node_modules/better-sqlite3/package.json",
  "node_modules/bindings",
  "node_modules/file-uri-to-path",
];

export class Installation {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "queuectl-installation-")));
  readonly build = join(this.folder, "dist");

  constructor() {
    for (const name of COPIED) cpSync(join(ROOT, name), join(this.folder, name), { recursive: true });
    mkdirSync(join(this.folder, ADDON, ".."), { recursive: true });
    cpSync(join(ROOT, ADDON), join(this.folder, ADDON));
  }

  /**
   * Replaces the native part of better-sqlite3; running processes keep theirs.
   * @param change makes the new file of the working one. Null: there is none.
   */
  breakAddon(change: (addon: Buffer) => Buffer | null): void {
    const broken = change(readFileSync(join(ROOT, ADDON)));
    rmSync(join(this.folder, ADDON), { force: true });
    if (broken !== null) writeFileSync(join(this.folder, ADDON), broken);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
