import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files of `cluster` run in the order of their names, since one builds on what another left. */
class ClusterByName extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const [cluster, others] = [files.filter(isOfCluster), files.filter((file) => !isOfCluster(file))];
    return [...(await super.sort(others)), ...cluster.toSorted((a, b) => a.moduleId.localeCompare(b.moduleId))];
  }
}

function isOfCluster({ project }: TestSpecification): boolean {
  return project.name === "cluster";
}

const root = fileURLToPath(new URL("..", import.meta.url));
const exclude = ["**/node_modules/**", "**/dist/**"];
// By default one core is left alone, which of two is half of the time.
const maxWorkers = Math.max(2, availableParallelism() - 1);

export default defineConfig({
  test: {
    // Vitest reads this here only, not in a project.
    sequence: { sequencer: ClusterByName },
    projects: [
      {
        test: {
          name: "unit",
          root,
          include: ["**/*.test.ts"],
          exclude,
          setupFiles: ["test/support/without-servers.ts"],
          // No module has state that changes, so the files of a worker share what they load: a third of the time.
          isolate: false,
          // Generous: how fast a machine is must not decide whether a test passes.
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers,
        },
      },
      {
        // On real logs, in the folder that LAPSE_DATA names.
        test: { name: "data", root, include: ["**/*.data-test.ts"], exclude, testTimeout: 600_000, maxWorkers },
      },
      {
        // On a real Elasticsearch, MinIO and Pushgateway; see require-servers.ts.
        test: {
          name: "servers",
          root,
          include: ["**/*.server-test.ts"],
          exclude,
          globalSetup: ["test/servers/require-servers.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // The files share one server, and two cores with it.
          maxWorkers: 2,
        },
      },
      {
        // In a real browser; see learn-once.ts.
        test: {
          name: "pages",
          root,
          include: ["**/*.page-test.ts"],
          exclude,
          globalSetup: ["test/pages/learn-once.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // A browser has many processes itself.
          maxWorkers: 2,
        },
      },
      {
        // On a real cluster with Knative and KServe, which holds the images that test/cluster names. The suites deploy
        // lapse anew, and send requests from within the cluster's network.
        test: {
          name: "cluster",
          root,
          include: ["**/*.cluster-test.ts"],
          exclude,
          globalSetup: ["test/cluster/deploy.ts"],
          // Generous: how fast a machine is must not decide whether a test passes.
          testTimeout: 240_000,
          hookTimeout: 240_000,
          // One cluster, and one lapse on it.
          fileParallelism: false,
          // Steps build on those before: one failure need not stop all, but after several the rest would only wait in vain.
          // Vitest counts the file and each `describe` around a failed test as well.
          bail: 9,
        },
      },
    ],
  },
});
