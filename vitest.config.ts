import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    // Tests of processes wait more than they compute, so also two cores are given two files at a time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Process tests wait for facts; the limits are for a machine that is ten times slower than ours.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
