import pino from "pino";
import { expect, it, vi } from "vitest";
import { CHANGE_KINDS, type ChangeKind } from "../../../src/store/contract/wake-ups.js";
import type { ToWorker } from "../../../src/worker/protocol.js";
import { relayChanges } from "../../../supervisor/run/relay.js";

function relaying(hears: boolean | null) {
  const lines: string[] = [];
  const told: ToWorker[] = [];
  const listeners = new Set<(about: readonly ChangeKind[]) => void>();
  const world = {
    hears,
    told,
    lines,
    listeners,
    wake(about: readonly ChangeKind[] = CHANGE_KINDS) {
      for (const listener of listeners) listener(about);
    },
  };
  const store = {
    hears: () => world.hears,
    onWork(wake: (about: readonly ChangeKind[]) => void) {
      listeners.add(wake);
      return () => listeners.delete(wake);
    },
  };
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  const stop = relayChanges({ store, pool: { announce: (message) => void told.push(message) }, log });
  return { world, stop };
}

it("passes on what it hears, and says when it no longer does", () => {
  const { world, stop } = relaying(true);
  world.wake(["cancel"]);
  world.hears = false;
  world.wake();
  // A look at a guess: the workers make their own.
  world.wake();
  world.hears = true;
  world.wake(["work"]);
  stop();
  expect(world.told).toEqual([
    { type: "changed", about: ["cancel"], hears: true },
    { type: "changed", about: CHANGE_KINDS, hears: false },
    { type: "changed", about: ["work"], hears: true },
  ]);
  expect(world.listeners.size).toBe(0);
});

it("has nothing to do where each process hears by itself", () => {
  expect(relaying(null).world.listeners.size).toBe(0);
});

it("says once in the log that nothing is heard, and not before it had time to connect", () => {
  vi.useFakeTimers();
  try {
    const deaf = relaying(false);
    const quick = relaying(false);
    expect(deaf.world.lines).toEqual([]);
    quick.world.hears = true;
    vi.advanceTimersByTime(600_000);
    expect(deaf.world.lines.join("")).toContain("QUEUECTL_DB_LISTEN");
    expect(deaf.world.lines).toHaveLength(1);
    expect(quick.world.lines).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});
