import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** One suite builds on what another left: in the order of their names. */
class ByName extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => a.moduleId.localeCompare(b.moduleId));
  }
}

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
    sequence: { sequencer: ByName },
    // Each step builds on the one before.
    bail: 1,
  },
});
