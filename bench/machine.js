/** What the numbers were measured on, and when. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import Database from "better-sqlite3";
import { fileSystem } from "./workspace.js";

const packageOf = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));

export function describeMachine() {
  const db = new Database(":memory:");
  const sqlite = db.prepare("SELECT sqlite_version()").pluck().get();
  db.close();
  const [cpu] = cpus();
  const driver = packageOf("../node_modules/better-sqlite3/package.json").version;
  return {
    date: new Date().toISOString().slice(0, 10),
    queuectl: `${packageOf("../package.json").version}${commit()}`,
    machine: `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${loadavg()[0].toFixed(1)} at the start`,
    kernel: `${type()} ${release()}`,
    "file system": fileSystem(),
    versions: `Node ${process.versions.node}, SQLite ${sqlite}, better-sqlite3 ${driver}`,
  };
}

function commit() {
  const git = (...words) => execFileSync("git", words, { cwd: import.meta.dirname, encoding: "utf8" }).trim();
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no", "--", "../src", "../supervisor") !== "";
    return `, commit ${git("rev-parse", "--short", "HEAD")}${changed ? " with changes" : ""}`;
  } catch {
    return "";
  }
}
