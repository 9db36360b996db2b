import { defineConfig } from "vitest/config";

/**
 * Suites on a real cluster with Knative and KServe, which hold the images that deploy/cluster-test names. They deploy it
 * anew, and send requests from within the cluster's network.
 */
export default defineConfig({
  test: {
    include: ["**/*.cluster-test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    globalSetup: ["deploy/cluster-test/deploy.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One cluster, and one lapse on it.
    fileParallelism: false,
    // Each step builds on the one before.
    bail: 1,
  },
});
