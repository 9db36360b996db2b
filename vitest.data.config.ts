import { defineConfig } from "vitest/config";

/** Suites on real logs, in the folder that LAPSE_DATA names. */
export default defineConfig({
  test: { include: ["**/*.data-test.ts"], exclude: ["**/node_modules/**", "**/dist/**"], testTimeout: 120_000 },
});
