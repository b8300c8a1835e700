/** Rules for job ids and names. They are safe in paths, tables and shells. */
import { UsageError } from "../errors.js";

const VALID_ID = /^[A-Za-z0-9_][A-Za-z0-9_.:@+-]{0,127}$/;

/** Stands for the newest job wherever a job is named. */
export const LAST = "last";

/** @throws UsageError if a job cannot have this id */
export function checkJobId(id: string): string {
  if (id === LAST) {
    throw new UsageError(`the id "${LAST}" cannot name a job: it stands for the newest job`, "choose another id");
  }
  if (VALID_ID.test(id)) return id;
  throw new UsageError(
    `the id ${JSON.stringify(id.length > 60 ? `${id.slice(0, 60)}…` : id)} cannot name a job`,
    "an id is 1 to 128 letters, digits and _ . : @ + -, and begins with a letter, a digit or _",
  );
}

/** Checks the name of a queue that takes users' jobs. @throws UsageError */
export function checkUserQueue(name: string): string {
  if (typeof name !== "string" || !name.startsWith("_")) return checkName("queue", name);
  throw new UsageError(
    `the queue name ${JSON.stringify(name)} begins with _, which is reserved for internal queues`,
    "choose a name that begins with a letter or a digit",
  );
}

/** Queues, tags, policies and pools follow the rule of ids, so that they can be typed and printed anywhere. */
export function checkName(kind: "queue" | "tag" | "policy" | "pool", name: string): string {
  if (isName(name)) return name;
  throw new UsageError(
    `the ${kind} name ${JSON.stringify(name)} is not valid`,
    "a name is 1 to 128 letters, digits and _ . : @ + -, and begins with a letter, a digit or _",
  );
}

export function isName(name: string): boolean {
  return typeof name === "string" && VALID_ID.test(name);
}
