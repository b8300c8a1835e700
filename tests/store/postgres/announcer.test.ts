import { expect, it, vi } from "vitest";
import type { ChangeKind } from "../../../src/store/contract/wake-ups.js";
import { Announcer } from "../../../src/store/postgres/wake/announcer.js";

it("sends the first at once, and what follows together, each kind by its own time", async () => {
  vi.useFakeTimers();
  try {
    const sent: (readonly ChangeKind[])[] = [];
    const announcer = new Announcer(async (about) => void sent.push(about));
    for (let i = 0; i < 100; i++) announcer.tell(["work"]);
    announcer.tell(["cancel", "work"]);
    expect(sent).toEqual([["work"], ["cancel"]]);
    await vi.runAllTimersAsync();
    expect(sent).toEqual([["work"], ["cancel"], ["work"]]);
    await vi.advanceTimersByTimeAsync(1000);
    announcer.tell(["work"]);
    expect(sent).toHaveLength(4);
  } finally {
    vi.useRealTimers();
  }
});

it("sends the rest before it ends", async () => {
  const sent: (readonly ChangeKind[])[] = [];
  const announcer = new Announcer(async (about) => void sent.push(about));
  announcer.tell(["work"]);
  announcer.tell(["work", "moved"]);
  await announcer.close();
  expect(sent.flat().sort()).toEqual(["moved", "work", "work"]);
});

it("does not wait for a server that is silent", async () => {
  const announcer = new Announcer(() => new Promise(() => {}));
  announcer.tell(["work"]);
  await announcer.close();
});
