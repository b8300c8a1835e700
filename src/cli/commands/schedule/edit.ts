import { UsageError } from "../../../core/errors.js";
import { scheduleToJson } from "../../../json/schedule.js";
import type { Client } from "../../../queue/client.js";
import { addSchedule } from "../../../queue/json-jobs.js";
import { ScheduleCommand } from "../../base/schedule-command.js";
import { OPTIONAL_KEYS } from "../../input/edit-settings.js";
import { inTermsOfFlags, keyOf } from "../../input/job-flags.js";
import { Command, Option } from "../../parse/clipanion.js";
import { zonedText } from "../../render/schedule.js";

const EXAMPLE = "for example: queuectl schedule edit backup --cron '0 4 * * *'";

/** Removes a value. For other keys it is a word like any other. */
const NONE = "none";
const REMOVABLE = [...OPTIONAL_KEYS, "tags", "policy", "deadline", "unique", "limit_key"];
/** The keys that mean nothing without another one. */
const WITH: Readonly<Record<string, readonly string[]>> = {
  unique: ["on_conflict"],
  limit_key: ["limit"],
  webhook_url: ["webhook_events"],
};

export class ScheduleEditCommand extends ScheduleCommand {
  static override paths = [["schedule", "edit"]];
  static readonly argumentHint = EXAMPLE;
  static override usage = Command.Usage({
    description: "Change a schedule: its times, its command or any other flag of schedule add",
    details:
      "Only what is given changes, for the jobs that it enqueues from then on. The value none removes a value, so that " +
      "the default applies again: --timeout none, --policy none, --tag none, --tz none. --env sets single variables, and " +
      "--unset-env removes them; the others stay. A new --cron has no field for seconds unless --seconds is given with " +
      "it. A due time that has not been fired stays due, unless the times change. A pause stays. Exit code 3: there is " +
      "no such schedule.",
    examples: [
      ["Later at night", "queuectl schedule edit backup --cron '0 4 * * *'"],
      ["Another command, and more time for it", "queuectl schedule edit backup --timeout 2h -- ./backup.sh --full"],
      [
        "The default time limit, and one variable less",
        "queuectl schedule edit backup --timeout none --unset-env DEBUG",
      ],
    ],
  });

  unsetEnv = Option.Array("--unset-env", [], { description: "NAME | remove an environment variable; may be repeated" });

  override async run(client: Client): Promise<undefined> {
    const { name, cron, seconds } = this;
    const none = this.#none();
    const removed = none.flatMap((key) => [key, ...(WITH[key] ?? [])]);
    const changes = this.job(none);
    const { zone: wantedZone, ...choices } = this.choices();
    const given = [removed, this.unsetEnv, Object.keys(changes), Object.keys(choices), wantedZone ?? []].flat();
    if (given.length === 0 && cron === undefined && !seconds) {
      throw new UsageError("there is nothing to change", EXAMPLE);
    }
    const { jobJson, ...before } = await client.schedules.get(name);
    const env = { ...this.#withoutUnset(jobJson.env), ...changes.env };
    const stays = Object.entries(jobJson).filter(([key]) => key !== "env" && !removed.includes(key));
    const edited = {
      ...(Object.fromEntries(stays) as typeof jobJson),
      ...changes,
      ...(Object.keys(env).length > 0 && { env }),
    };
    const times = { cron: cron ?? before.cron, seconds: cron === undefined ? seconds || before.seconds : seconds };
    const { overlap, catchup } = before;
    const zone = wantedZone === NONE ? undefined : (wantedZone ?? before.zone);
    const spec = { name, ...times, overlap, catchup, ...choices, ...(zone !== undefined && { zone }), job: edited };
    const schedule = await addSchedule(client, spec, { replace: true }).catch((error) =>
      Promise.reject(inTermsOfFlags(error, this.flags())),
    );
    const next = schedule.nextAt === null ? "" : `, next at ${zonedText(schedule.nextAt, schedule.zone)}`;
    if (this.json) this.printJson(scheduleToJson(schedule));
    else this.print(`Edited schedule ${name}${schedule.paused ? ", which is paused" : next}`);
  }

  /** Keys of the job whose value is to go. */
  #none(): string[] {
    const none = Object.entries(this.flags()).filter(([, value]) => String(value) === NONE);
    return none.map(([name]) => keyOf(name)).filter((key) => REMOVABLE.includes(key));
  }

  /** @throws UsageError if the schedule does not set a variable that is to go */
  #withoutUnset(before: unknown): Readonly<Record<string, string>> {
    const env: Record<string, string> = { ...(before as Readonly<Record<string, string>> | undefined) };
    const known = Object.keys(env);
    for (const variable of this.unsetEnv) {
      if (!known.includes(variable)) {
        const hint = known.length === 0 ? "it sets none" : `it sets ${known.join(", ")}`;
        throw new UsageError(`schedule ${this.name} sets no variable ${JSON.stringify(variable)}`, hint);
      }
      delete env[variable];
    }
    return env;
  }
}
