/** What may be done to schedules: by their users, and by supervisors, several of which may have seen the same. */
import fc from "fast-check";
import type { Overlap } from "../../src/core/schedule/schedule.js";
import { JobConflictError } from "../../src/store/errors.js";
import type { ScheduleRequest } from "./schedule-model.js";
import { type NamedStep, of, pick, type World } from "./world.js";

/** So that no schedule has jobs that were enqueued under another rule. */
const NAMES: readonly Overlap[] = ["skip", "queue", "allow"];

const put: fc.Arbitrary<NamedStep> = fc
  .record({
    overlap: fc.constantFrom(...NAMES),
    periodMs: fc.constantFrom(5000, 20_000),
    catchup: fc.constantFrom("none", "latest", "all"),
    job: fc.oneof(
      fc.constant({}),
      fc.constant({}),
      fc.record({ unique: fc.constantFrom("u", "v"), on_conflict: fc.constantFrom("skip", "replace", "reject") }),
      fc.record({ limit_key: fc.constantFrom("k", "l"), limit: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ queue: fc.constantFrom("narrow", "slow") }),
    ),
  })
  .map((request) => ({
    name: `schedule ${JSON.stringify(request)}`,
    step: ({ schedules }) => schedules.put(request.overlap, request as ScheduleRequest),
  }));

const change: fc.Arbitrary<NamedStep> = fc
  .tuple(fc.constantFrom(...NAMES), fc.constantFrom("pause", "resume", "resume", "remove", "run"))
  .map(([name, what]) => ({
    name: `${what} the schedule ${name}`,
    step: async (world) => {
      if (what === "run") await run(world, name);
      else await world.schedules[what](name);
    },
  }));

async function run({ schedules, scheduled }: World, name: string): Promise<void> {
  try {
    const job = await schedules.run(name);
    if (job !== null) scheduled.push(job);
  } catch (error) {
    if (!(error instanceof JobConflictError)) throw error;
  }
}

const look: fc.Arbitrary<NamedStep> = fc.constant({
  name: "look for what is due",
  step: ({ schedules }) => schedules.look(),
});

const fire: fc.Arbitrary<NamedStep> = pick.map((which) => ({
  name: `fire ${which} of what was due`,
  step: async ({ schedules, scheduled }) => {
    const reading = of(schedules.readings, which);
    if (reading !== undefined) scheduled.push(...(await schedules.fire(reading)));
  },
}));

const lookAndFire: fc.Arbitrary<NamedStep> = fc.constant({
  name: "fire what is due",
  step: async ({ schedules, scheduled }) => {
    await schedules.look();
    for (const reading of schedules.readings) scheduled.push(...(await schedules.fire(reading)));
  },
});

/** Sometimes to a moment at which all are due, and sometimes for longer than what is only late. */
const sleep: fc.Arbitrary<NamedStep> = fc.constantFrom(5000, 20_000, 20_000, 130_000).map((ms) => ({
  name: `sleep ${ms}`,
  step: async ({ clock }) => clock.advance(ms - (clock.now() % 5000)),
}));

export const scheduleSteps = [put, change, look, fire, lookAndFire, sleep];
