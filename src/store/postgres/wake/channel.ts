/** The channel of one schema, on which its processes tell each other of their writes, and the form of a message. */
import { createHash } from "node:crypto";
import { CHANGE_KINDS, type ChangeKind } from "../../contract/wake-ups.js";

/** A name of a channel is cut off at 63 bytes, and a schema's may be as long. */
export function channelOf(schema: string): string {
  return `queuectl_${createHash("sha256").update(schema).digest("hex").slice(0, 16)}`;
}

export interface Message {
  /** The store that sent it. */
  readonly from: string;
  /** None: a store tries whether it hears itself. */
  readonly about: readonly ChangeKind[];
}

export function encode({ from, about }: Message): string {
  return [from, ...about].join(" ");
}

/** A kind that a newer program knows is left out. */
export function decode(text: string): Message {
  const [from = "", ...about] = text.split(" ");
  return { from, about: CHANGE_KINDS.filter((kind) => about.includes(kind)) };
}
