import { expect, it } from "vitest";
import { Mailbox } from "../../../supervisor/run/mailbox.js";

it("finishes a message before it takes one that its handler sent", () => {
  const log: string[] = [];
  const mailbox = new Mailbox<string>((message) => {
    log.push(`${message} begins`);
    if (message === "a") mailbox.send("b");
    log.push(`${message} ends`);
  });
  mailbox.send("a");
  expect(log).toEqual(["a begins", "a ends", "b begins", "b ends"]);
});

it("goes on after a handler that threw", () => {
  const seen: number[] = [];
  const mailbox = new Mailbox<number>((n) => {
    seen.push(n);
    if (n === 1) throw new Error("one");
  });
  expect(() => mailbox.send(1)).toThrow("one");
  mailbox.send(2);
  expect(seen).toEqual([1, 2]);
});
