/** `all` in the place of an id. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { Cli } from "../support/cli.js";

let cli: Cli;
beforeEach(async () => {
  cli = new Cli("this process");
  for (const id of ["a", "b"]) await cli.ended(id, { kind: "failed", exitCode: 1 });
});
afterEach(() => cli.dispose());

it("means --all where there is such a flag", async () => {
  expect(await cli.fails(4, ["wait", "all"])).toMatch(/2 of 2 jobs/);
  expect(await cli.ok("dlq", "retry", "all")).toBe("Moved job a back to the queue\nMoved job b back to the queue\n");
  expect(await cli.ok("dlq", "retry", "all")).toBe("No dead jobs\n");
});

it("is a job that is called so, or whose id begins so", async () => {
  await cli.ended("all-night", { kind: "failed", exitCode: 1 });
  expect(await cli.ok("dlq", "retry", "all")).toBe("Moved job all-night back to the queue\n");
  await cli.ok("jobs", "delete", "all-night");
  await cli.ended("all", { kind: "failed", exitCode: 1 });
  expect(await cli.ok("dlq", "retry", "all")).toBe("Moved job all back to the queue\n");
});

it.each<[string[], number, RegExp]>([
  [
    ["retry", "all"],
    3,
    /^no job has the id "all", or one that begins so; to retry every dead job: queuectl dlq retry --all$/,
  ],
  [
    ["cancel", "all"],
    3,
    /^no job has the id "all", or one that begins so; to cancel .*: queuectl cancel --state pending,failed,blocked,processing/,
  ],
  [
    ["jobs", "delete", "all"],
    3,
    /^no job has the id "all", or one that begins so; to delete by state: queuectl jobs delete --state/,
  ],
  [["dlq", "retry", "a", "all"], 3, /^no job has the id "all", or one that begins so/],
  [["dlq", "purge", "all"], 2, /^unexpected argument "all"; to delete all dead jobs: queuectl dlq purge$/],
  [["prune", "all"], 2, /^unexpected argument "all"; to delete all ended jobs: queuectl prune --state/],
])("gets the form to type, and changes nothing: %j", async (words, code, message) => {
  expect(await cli.fails(code, words)).toMatch(message);
  expect(await cli.ids()).toEqual(["a", "b"]);
  expect((await cli.json<{ state: string }[]>("list")).map(({ state }) => state)).toEqual(["dead", "dead"]);
});
