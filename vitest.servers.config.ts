import { defineConfig } from "vitest/config";

/** Suites on a real Elasticsearch, a real MinIO and a real Pushgateway, which require-servers.ts asks for. */
export default defineConfig({
  test: {
    include: ["**/*.server-test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    globalSetup: ["stores/require-servers.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The files share one server, and two cores with it.
    maxWorkers: 2,
  },
});
