import { expect, it } from "vitest";
import { EXIT } from "../../../src/core/errors.js";
import { deliveryOf, REFUSED_EXIT_CODE, receiverOf } from "../../../src/core/hook/webhook.js";

it("a receiver that refuses is told from every other end of our own program, and of a shell", () => {
  expect(Object.values(EXIT)).not.toContain(REFUSED_EXIT_CODE);
  expect(REFUSED_EXIT_CODE).toBeGreaterThan(15);
  expect(REFUSED_EXIT_CODE).toBeLessThan(124);
});

it("a receiver is what the URLs of its deliveries have in common", () => {
  const keyOf = (url: string) => deliveryOf({ url, events: ["dead"] }).limit_key ?? null;
  expect(keyOf("https://a.example/hook?x=1")).toBe(keyOf("https://a.example:443/other"));
  expect(keyOf("https://a.example/")).not.toBe(keyOf("http://a.example/"));
  expect(receiverOf(keyOf("http://[::1]:8080/a/b"))).toBe("http://[::1]:8080");
  expect([receiverOf("disk"), receiverOf(null)]).toEqual([null, null]);
});
