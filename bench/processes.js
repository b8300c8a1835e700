/**
 * Every process that a measurement starts, and their end. All of them inherit a mark in their environment, so that what
 * has moved into the background or lost its parent is found as well. At the end, also after ^C, whatever bears the mark
 * is killed, and only then the folder that they worked in is removed.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { removeWorkspace } from "./workspace.js";

export const PROGRAM = fileURLToPath(new URL("../dist/queuectl.js", import.meta.url));

const MARK = ["QUEUECTL_BENCH", randomUUID()];

/** Without what would configure the queue or Node. */
export function environment(extra = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(QUEUECTL_|NODE_OPTIONS$)/.test(name));
  return { ...Object.fromEntries(inherited), [MARK[0]]: MARK[1], ...extra };
}

/** Starts a program, in a group of its own so that ^C reaches only us. `ended` resolves to its exit code. */
export function start(program, words, { env = {}, ...options } = {}) {
  const child = spawn(program, words, { stdio: "ignore", detached: true, ...options, env: environment(env) });
  child.ended = new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  // Whoever waits for it hears of an error; that nobody does is no reason to die.
  child.ended.catch(() => {});
  return child;
}

/** Runs a program to its end. Resolves to what it printed. */
export async function run(program, words, options = {}) {
  const child = start(program, words, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) {
    child[name].setEncoding("utf8").on("data", (text) => {
      said[name] += text;
    });
  }
  const code = await child.ended;
  if (code !== 0)
    throw new Error(`${program} ${words.join(" ")} exited with ${code ?? child.signalCode}: ${said.stderr.trim()}`);
  return said.stdout;
}

export const queuectl = (home, ...words) =>
  run(process.execPath, [PROGRAM, ...words], { env: { QUEUECTL_HOME: home } });

function marked() {
  const mark = `${MARK[0]}=${MARK[1]}`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(mark);
      } catch {
        return false;
      }
    })
    .map(Number);
}

export function killAll() {
  // Once more for what somebody started while we looked.
  for (let pids = marked(); pids.length > 0; pids = marked()) {
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has gone by itself.
      }
    }
  }
}

process.on("exit", () => {
  killAll();
  removeWorkspace();
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => process.exit(128 + constants.signals[signal]));
}
