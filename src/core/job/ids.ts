/** Job ids: made by us, or chosen by the user within bounds that keep them safe in paths, tables and shells. */
import { closeSync, openSync, readSync } from "node:fs";
import { UsageError } from "../errors.js";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH = 12;
const VALID_ID = /^[A-Za-z0-9_][A-Za-z0-9_.:@+-]{0,127}$/;

/** Random bytes for a few hundred ids: to fetch them costs the same for one as for all. */
const pool = new Uint8Array(8192);
let used = pool.length;

/** Twelve lower-case letters and digits, 62 bits of randomness. */
export function newJobId(): string {
  let id = "";
  while (id.length < LENGTH) {
    if (used === pool.length) {
      fillWithRandom(pool);
      used = 0;
    }
    const byte = pool[used++] as number;
    // 252 is the largest multiple of 36 in a byte: what lies above would favour the first letters.
    if (byte < 252) id += ALPHABET[byte % ALPHABET.length];
  }
  return id;
}

/** From the kernel, as those of node:crypto, which would take three milliseconds to load. */
function fillWithRandom(bytes: Uint8Array): void {
  const fd = openSync("/dev/urandom", "r");
  try {
    if (readSync(fd, bytes) < bytes.length) throw new Error("/dev/urandom gave too few bytes");
  } finally {
    closeSync(fd);
  }
}

/** @throws UsageError if `id` may not name a job. */
export function checkJobId(id: string): string {
  if (VALID_ID.test(id)) return id;
  throw new UsageError(
    `the id ${JSON.stringify(id.length > 60 ? `${id.slice(0, 60)}…` : id)} cannot name a job`,
    "an id is 1 to 128 letters, digits and _ . : @ + -, and begins with a letter, a digit or _",
  );
}

/** A queue that a user may put jobs into. @throws UsageError */
export function checkUserQueue(name: string): string {
  if (typeof name !== "string" || !name.startsWith("_")) return checkName("queue", name);
  throw new UsageError(
    `the queue name ${JSON.stringify(name)} begins with _, as only our own queues do`,
    "choose a name that begins with a letter or a digit",
  );
}

/** Names of queues, tags and policies follow the same rule as ids, so that they can be typed and printed anywhere. */
export function checkName(kind: "queue" | "tag" | "policy", name: string): string {
  if (typeof name === "string" && VALID_ID.test(name)) return name;
  throw new UsageError(
    `the ${kind} name ${JSON.stringify(name)} is not valid`,
    "a name is 1 to 128 letters, digits and _ . : @ + -, and begins with a letter, a digit or _",
  );
}
