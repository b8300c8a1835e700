import { expect, it } from "vitest";
import { parsePolicy, storedPolicies } from "../../src/config/stored-policies.js";
import { UnusableError } from "../../src/core/errors.js";

it("reads what was written", () => {
  const policy = { maxRetries: 5, backoffMaxMs: 1500, retryOn: [1, 2], timeoutMs: 0, deadlineMs: 60_000 };
  expect(parsePolicy("api", JSON.stringify(policy))).toEqual(policy);
  expect(parsePolicy("api", "{}")).toEqual({});
});

it.each([
  ["{", "it is not JSON"],
  ["[]", "it is not an object"],
  ["null", "it is not an object"],
  ['{"maxRetries":"many"}', '"max_retries" is "many": it must be a number'],
  ['{"max_retries":3}', 'it has the unknown field "max_retries"'],
  ['{"timeoutMs":"5m"}', 'its timeoutMs is "5m": it must be a number'],
  ['{"backoffMaxMs":-1}', '"backoff_max" is -0.001'],
  ['{"retryOn":[1],"noRetryOn":[1]}', '"no_retry_on" has the exit code 1, which "retry_on" has too'],
  ['{"__proto__":1}', 'it has the unknown field "__proto__"'],
])("names a policy that is %s, and what is wrong with it", (text, reason) => {
  const parse = () => parsePolicy("api", text);
  expect(parse).toThrow(UnusableError);
  expect(parse).toThrow(`the policy api cannot be used: ${reason}`);
});

it("keeps the others usable", () => {
  const { usable, errors } = storedPolicies({ "policy.a": '{"jitter":0.5}', "policy.b": "?", "max-retries": "5" });
  expect([...usable]).toEqual([["a", { jitter: 0.5 }]]);
  expect([...errors.keys()]).toEqual(["b"]);
});
