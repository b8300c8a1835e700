import fc from "fast-check";
import { expect, it } from "vitest";
import { parentsFirst } from "../../../../src/store/shared/graph/parents-first.js";

it("puts every job after its parents, and leaves the others where they are", () => {
  const jobs = [5, 4, 3, 2, 1, 0];
  const edges = [
    { child: 5, parent: 3 },
    { child: 3, parent: 1 },
  ];
  expect(parentsFirst(jobs, edges)).toEqual([1, 3, 5, 4, 2, 0]);
  expect(parentsFirst(jobs, [])).toEqual(jobs);
});

it("sees through a job that is none of them", () => {
  const edges = [
    { child: 1, parent: 9 },
    { child: 9, parent: 2 },
  ];
  expect(parentsFirst([1, 2], edges)).toEqual([2, 1]);
});

it("gives every job once, and no child before a parent, unless they are in a cycle", () => {
  const edge = fc.record({ child: fc.nat({ max: 9 }), parent: fc.nat({ max: 9 }) });
  fc.assert(
    fc.property(fc.array(edge), fc.boolean(), (candidates, isCyclic) => {
      const edges = isCyclic ? candidates : candidates.filter(({ child, parent }) => child > parent);
      const jobs = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0];
      const order = parentsFirst(jobs, edges);
      expect([...order].sort((a, b) => b - a)).toEqual(jobs);
      if (isCyclic) return;
      for (const { child, parent } of edges) expect(order.indexOf(parent)).toBeLessThan(order.indexOf(child));
    }),
  );
});

it("does not mind a line of a hundred thousand", () => {
  const jobs = Array.from({ length: 100_000 }, (_, n) => n);
  const edges = jobs.slice(1).map((parent) => ({ child: parent - 1, parent }));
  expect(parentsFirst(jobs, edges)[0]).toBe(99_999);
});
