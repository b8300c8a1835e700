/** The flags that choose among jobs, declared once for every command that has them. */
import { UsageError } from "../../core/errors.js";
import { allOf, type Condition } from "../../core/where/condition.js";
import type { JobFilter } from "../../queue/jobs/filter.js";
import { jobStates } from "../input/job-filter.js";
import { Option } from "../parse/clipanion.js";
import { QueueCommand } from "./command.js";

/** The filter of the flags, with parsed expressions. */
export interface Selector extends JobFilter {
  readonly where?: Condition;
}

export abstract class SelectorCommand extends QueueCommand {
  states = Option.Array("--state", {
    description: "STATE | pending, processing, completed, failed, dead, cancelled or blocked; may be repeated",
  });
  queueName = Option.String("--queue", { description: "NAME | only jobs of this queue" });
  tags = Option.Array("--tag", { description: "TAG | only jobs with this tag; may be repeated" });
  where = Option.Array("--where", {
    description: "EXPRESSION | only jobs for which this holds: 'state=dead and age<1h'; may be repeated, all must hold",
  });

  /** The filter of the flags. Null: no flag is given. @throws UsageError naming the flag */
  async selector(): Promise<Selector | null> {
    const { states, queueName, tags } = this;
    const filter: Selector = {
      ...(states === undefined ? {} : { states: jobStates(states) }),
      ...(queueName === undefined ? {} : { queue: given(queueName, "--queue") }),
      ...(tags === undefined ? {} : { tags: tags.map((tag) => given(tag, "--tag")) }),
      ...(this.where === undefined ? {} : { where: await readWhere(this.where) }),
    };
    return Object.keys(filter).length === 0 ? null : filter;
  }
}

/** A filter of the dead-letter queue. @throws UsageError if it asks for another state too */
export function deadOnly(selector: Selector | null): Selector {
  const other = selector?.states?.find((state) => state !== "dead");
  if (other === undefined) return { ...selector, states: ["dead"], unacknowledged: true };
  throw new UsageError(
    `--state is ${other}`,
    `only dead jobs are in the dead-letter queue; queuectl list --state ${other} shows others`,
  );
}

/** An empty value comes from an unset variable in a script, and must not select anything. */
function given(value: string, flag: string): string {
  if (value !== "") return value;
  throw new UsageError(`${flag} is empty`, "give a name, or leave it out");
}

async function readWhere(texts: readonly string[]): Promise<Condition> {
  const { parseWhere } = await import("../../core/where/parse.js");
  return allOf(texts.map((text) => parseWhere(text, "--where")));
}
