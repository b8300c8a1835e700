import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    // Process tests wait for facts; the limits are for a machine that is ten times slower than ours.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
