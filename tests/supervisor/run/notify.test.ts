import pino from "pino";
import { describe, expect, it } from "vitest";
import { Notifier } from "../../../supervisor/run/notify.js";

const silent = pino({ level: "silent" });
const SYSTEMD = { NOTIFY_SOCKET: "/run/systemd/notify" };

/** Messages that are on their way until they are let through. */
class Line {
  readonly said: string[] = [];
  #release: (() => void)[] = [];

  readonly tell = (assignments: readonly string[]): Promise<void> => {
    this.said.push(assignments[0] as string);
    return new Promise((resolve) => {
      this.#release.push(resolve);
    });
  };

  async arrive(): Promise<void> {
    for (const release of this.#release.splice(0)) release();
    await new Promise(setImmediate);
  }
}

describe("under systemd", () => {
  it("messages leave one after another, and a stop is told once", async () => {
    const line = new Line();
    const notifier = new Notifier(SYSTEMD, silent, line.tell);
    notifier.ready(2);
    notifier.stopping();
    notifier.stopping();
    await new Promise(setImmediate);
    expect(line.said).toEqual(["READY=1"]);
    await line.arrive();
    expect(line.said).toEqual(["READY=1", "STOPPING=1"]);
    await line.arrive();
    expect(line.said).toEqual(["READY=1", "STOPPING=1"]);
  });

  it("the watchdog is fed twice in its time, only when the mailbox turns, and never while the last is on its way", async () => {
    const line = new Line();
    const env = { ...SYSTEMD, WATCHDOG_USEC: "30000000", WATCHDOG_PID: String(process.pid) };
    const notifier = new Notifier(env, silent, line.tell);
    const fedAt: number[] = [];
    for (let now = 0; now <= 60_000; now += 1000) {
      const before = line.said.length;
      notifier.turned(now);
      await new Promise(setImmediate);
      if (line.said.length > before) fedAt.push(now);
      if (now !== 15_000) await line.arrive();
      if (now === 15_000) notifier.turned(now + 15_000);
    }
    expect(fedAt).toEqual([0, 15_000, 30_000, 45_000, 60_000]);
    expect(new Set(line.said)).toEqual(new Set(["WATCHDOG=1"]));
  });

  it.each([
    ["there is none", {}],
    ["it is for another process", { WATCHDOG_USEC: "30000000", WATCHDOG_PID: "1" }],
  ])("no watchdog is fed where %s", async (_, watchdog) => {
    const line = new Line();
    new Notifier({ ...SYSTEMD, ...watchdog }, silent, line.tell).turned(1e9);
    await new Promise(setImmediate);
    expect(line.said).toEqual([]);
  });

  it("a failure is told once, and the next message is tried all the same", async () => {
    const lines: string[] = [];
    const said: string[] = [];
    const log = pino({}, { write: (line: string) => lines.push(line) });
    const notifier = new Notifier(SYSTEMD, log, async ([first]) => {
      said.push(first as string);
      throw Object.assign(new Error("spawn systemd-notify ENOENT"), { code: "ENOENT" });
    });
    notifier.ready(1);
    notifier.stopping();
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    expect(said).toEqual(["READY=1", "STOPPING=1"]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("systemd-notify is missing");
  });
});

it("without a service manager nothing is said", async () => {
  const line = new Line();
  const notifier = new Notifier({}, silent, line.tell);
  notifier.ready(1);
  notifier.stopping();
  await new Promise(setImmediate);
  expect(line.said).toEqual([]);
});
