import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    reporters: ["default"],
    // Generous: how fast a machine is must not decide whether a test passes.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
