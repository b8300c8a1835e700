import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Clocks, judgeLease, type LeaseView, type Observation } from "../../../supervisor/pure/lease-expiry.js";

const HOUR = 3_600_000;
/** A lease that ran out a second ago, has stood still for 20 s, seen by somebody who can write. */
const clocks: Clocks = { now: 1_000_000, monotonic: 50_000, lastWriteAt: 49_000, resumedAt: Number.NEGATIVE_INFINITY };
const lease: LeaseView = {
  expiresAt: 999_000,
  leaseMs: 15_000,
  renewals: 3,
  owner: "alive",
  watched: false,
  rebooted: false,
};
const UNKNOWN = { owner: "unknown", watched: false, rebooted: false } as const;
const seen: Observation = { renewals: 3, since: 30_000, beats: 0 };

describe("a dead owner", () => {
  it("loses the lease at once, and the attempt counts", () => {
    const fresh = { ...lease, owner: "dead", expiresAt: clocks.now + HOUR } as const;
    expect(judgeLease(fresh, { renewals: 3, since: clocks.monotonic, beats: 0 }, clocks)).toMatchObject({
      kind: "reclaim",
      charged: true,
      ifRenewals: null,
    });
  });

  it("of another pool is left to its own supervisor, until the lease has run out", () => {
    const watched = { ...lease, owner: "dead", watched: true } as const;
    const fresh = { ...watched, expiresAt: clocks.now + HOUR };
    expect(judgeLease(fresh, seen, clocks)).toEqual({ kind: "keep" });
    expect(judgeLease(watched, { ...seen, since: clocks.monotonic }, clocks)).toEqual({ kind: "keep" });
    expect(judgeLease(watched, seen, clocks)).toMatchObject({ kind: "reclaim", charged: true, ifRenewals: null });
    expect(judgeLease({ ...fresh, rebooted: true }, seen, clocks)).toMatchObject({ kind: "reclaim", charged: false });
  });

  it("costs the job nothing when the machine was restarted", () => {
    const rebooted = { ...lease, owner: "dead", rebooted: true } as const;
    expect(judgeLease(rebooted, seen, clocks)).toMatchObject({ kind: "reclaim", charged: false });
  });
});

describe("a silent owner", () => {
  it("is killed if it stays silent for half a lease after we were frozen", () => {
    const judged = judgeLease(lease, seen, { ...clocks, resumedAt: 42_000 });
    expect(judged).toEqual({ kind: "kill-owner", silentMs: 8000 });
  });

  it("is killed first when it is on this host", () => {
    expect(judgeLease(lease, seen, clocks)).toEqual({ kind: "kill-owner", silentMs: 20_000 });
  });

  it("is not killed for a lease that it does not know of: it beats, and only that lease stands still", () => {
    expect(judgeLease(lease, { ...seen, beats: 1 }, clocks)).toEqual({ kind: "keep" });
    const judged = judgeLease(lease, { ...seen, beats: 2 }, clocks);
    expect(judged).toMatchObject({ kind: "reclaim", charged: false, ifRenewals: 3 });
  });

  it.each(["unknown", "gone"] as const)("loses the lease when it is %s, unless it renews in the meantime", (owner) => {
    expect(judgeLease({ ...lease, owner }, seen, clocks)).toMatchObject({ kind: "reclaim", ifRenewals: 3 });
    expect(judgeLease({ ...lease, owner, expiresAt: clocks.now + 1 }, seen, clocks)).toEqual({ kind: "keep" });
  });

  const spared: [string, Partial<LeaseView>, Partial<Observation>, Partial<Clocks>][] = [
    ["its lease has time left", { expiresAt: clocks.now + 1 }, {}, {}],
    ["it asked for a longer lease than we would", { leaseMs: 60_000 }, {}, {}],
    ["it has renewed since we looked", { renewals: 4 }, {}, {}],
    ["we have not watched it for half a lease", {}, { since: clocks.monotonic - 7000 }, {}],
    ["we could not write ourselves in that time", {}, {}, { lastWriteAt: 30_100 }],
    [
      "we could not write in the last half of the time that we watched a longer lease",
      { leaseMs: 40_000 },
      {},
      { lastWriteAt: 39_000 },
    ],
    ["we were frozen ourselves, and have just gone on", {}, {}, { resumedAt: 49_900 }],
    ["we have not watched it for half a lease since we were frozen", {}, {}, { resumedAt: 43_000 }],
    ["we have not written since we were frozen", {}, {}, { resumedAt: 42_000, lastWriteAt: 41_000 }],
    ["only the wall clock jumped ahead", {}, { since: clocks.monotonic - 1000 }, { now: clocks.now + 24 * HOUR }],
  ];
  it.each(spared)("is spared when %s", (_, leaseChange, seenChange, clocksChange) => {
    const judged = judgeLease({ ...lease, ...leaseChange }, { ...seen, ...seenChange }, { ...clocks, ...clocksChange });
    expect(judged).toEqual({ kind: "keep" });
  });
});

it("takes nothing from an owner that lives and renews, however the wall clock jumps", () => {
  const jump = fc.integer({ min: -24 * HOUR, max: 24 * HOUR });
  fc.assert(
    fc.property(fc.array(jump, { minLength: 1, maxLength: 50 }), (jumps) => {
      let observation: Observation = { renewals: 0, since: 0, beats: 0 };
      jumps.forEach((by, n) => {
        const monotonic = n * 1000;
        // It renews every 5 s, as workers do.
        const renewals = Math.floor(monotonic / 5000);
        if (renewals !== observation.renewals) observation = { renewals, since: monotonic, beats: 0 };
        const view = { expiresAt: 1_000_000, leaseMs: 15_000, renewals, ...UNKNOWN } as const;
        const judged = judgeLease(view, observation, {
          now: 1_000_000 + by,
          monotonic,
          lastWriteAt: monotonic,
          resumedAt: Number.NEGATIVE_INFINITY,
        });
        expect(judged).toEqual({ kind: "keep" });
      });
    }),
  );
});
