import { defineConfig } from "vitest/config";

const missing = ["ELASTICSEARCH_URL", "MINIO_URL", "MINIO_ACCESS_KEY", "MINIO_SECRET_KEY"].filter(
  (name) => !process.env[name],
);
if (missing.length > 0) throw new Error(`The suites on real servers need ${missing.join(", ")}: nothing was tested.`);

/** Suites on a real Elasticsearch and a real MinIO, which the variables above name. */
export default defineConfig({
  test: {
    include: ["**/*.server-test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The files share one server, and two cores with it.
    maxWorkers: 2,
  },
});
