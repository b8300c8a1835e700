/**
 * What the examples share: a home of their own that goes away afterwards, and the command line as a user would type it.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../dist/queuectl.js", import.meta.url));

/** Calls `work` with a `queuectl(...words)` that has a home of its own, and a folder for files. */
export async function inTemporaryHome(work) {
  const folder = mkdtempSync(join(tmpdir(), "queuectl-example-"));
  const env = { ...process.env, QUEUECTL_HOME: join(folder, "home") };
  /** Runs one command, shows what it says, and throws if it fails. */
  const queuectl = (...words) => {
    console.log(`$ queuectl ${words.map(shown).join(" ")}`);
    execFileSync(process.execPath, [PROGRAM, ...words], { env, cwd: folder, stdio: "inherit" });
  };
  /** What a command prints with `--json`. */
  queuectl.json = (...words) =>
    JSON.parse(
      execFileSync(process.execPath, [PROGRAM, ...words, "--json"], {
        env,
        cwd: folder,
        maxBuffer: 1 << 28,
      }).toString(),
    );
  /** Pipes `text` into a command. */
  queuectl.pipe = (text, ...words) => {
    console.log(`$ … | queuectl ${words.join(" ")}`);
    execFileSync(process.execPath, [PROGRAM, ...words], {
      env,
      cwd: folder,
      input: text,
      stdio: ["pipe", "inherit", "inherit"],
    });
  };
  /** Starts a command that goes on beside the example. */
  queuectl.start = (...words) => {
    console.log(`$ queuectl ${words.join(" ")} &`);
    return spawn(process.execPath, [PROGRAM, ...words], { env, cwd: folder, stdio: ["ignore", "inherit", "ignore"] });
  };
  try {
    await work(queuectl, folder, env);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Examples check what they show: a claim that does not hold ends them. */
export function check(claim, holds) {
  if (!holds) throw new Error(`this should hold, and does not: ${claim}`);
  console.log(`✓ ${claim}`);
}

function shown(word) {
  return /[^A-Za-z0-9_@%+=:,./-]/.test(word) || word === "" ? `'${word}'` : word;
}
