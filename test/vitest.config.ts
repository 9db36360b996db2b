import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The longest files first, those of `cluster` in the order of their names, since one builds on what another left. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const [cluster, others] = [files.filter(isOfCluster), files.filter((file) => !isOfCluster(file))];
    return [
      ...(await super.sort(others)).toSorted((a, b) => placeOf(a) - placeOf(b)),
      ...cluster.toSorted((a, b) => a.moduleId.localeCompare(b.moduleId)),
    ];
  }
}

/**
 * What takes minutes, from the longest on, where vitest without times of earlier runs would go by the size of a file: so at the end
 * no worker is left alone with one of them.
 */
const longest = [
  "test/simulation/poisoned-nights.data-test.ts",
  "test/simulation/sound-nights.data-test.ts",
  "scripts/backtest/quality.data-test.ts",
  "test/simulation/campaign-year.data-test.ts",
  "functions/desk/desk.page-test.ts",
  "functions/desk/sign-in/sign-in.page-test.ts",
  "test/fuzz/fuzz.server-test.ts",
  "test/fuzz/schemathesis.server-test.ts",
  "test/servers/same-on-servers.server-test.ts",
  "src/stores/backup/servers.server-test.ts",
  "src/stores/features/elasticsearch/feature-store.server-test.ts",
  "logging/filebeat/files.server-test.ts",
  "test/package/package.server-test.ts",
  "test/servers/months.server-test.ts",
  "observability/queries.server-test.ts",
  "functions/ingest/hostile-bodies.test.ts",
  "scripts/build/build.test.ts",
  "src/local/api/openapi.test.ts",
  "scripts/build/program.test.ts",
  "functions/predict/hostile-bodies.test.ts",
  "functions/desk/hostile-bodies.test.ts",
  "scripts/call/killed.test.ts",
  "src/churn/campaign/coverage.test.ts",
  "functions/score/slices.test.ts",
];

function placeOf({ moduleId }: TestSpecification): number {
  const place = longest.findIndex((path) => moduleId.endsWith(`/${path}`));
  return place === -1 ? longest.length : place;
}

function isOfCluster({ project }: TestSpecification): boolean {
  return project.name === "cluster";
}

/**
 * Tests that only compute, on files, embedded stores and functions of their own: they wait for no server and watch no clock, and so can be
 * run with what other suites leave of the processors (.ci/run), as `unit-computing`.
 */
const computing = [
  ...[
    "src/churn",
    ...within("src/stores", "actions audit backup campaigns contacts dead-letters features ledger models runs users"),
    ...within("scripts", "audit backtest campaigns erase generate log models"),
    ...within("functions", "changes features monitor score train"),
    ...within("functions/desk", "campaigns model operations today users"),
  ].map((folder) => `${folder}/**/*.test.ts`),
  "functions/predict/v[12]-routes.test.ts",
  "knative/**/*.test.ts",
  "observability/**/*.test.ts",
  "src/local/{correlation,next-steps,passive,slices}.test.ts",
  "src/local/api/openapi.test.ts",
  "src/stores/unreadable-rows.test.ts",
];

/** Tests of what is built, in `dist`, where one at a time may build: `unit-building`. */
const building = ["scripts/build/**/*.test.ts"];

function within(folder: string, names: string): string[] {
  return names.split(" ").map((name) => `${folder}/${name}`);
}

const root = fileURLToPath(new URL("..", import.meta.url));
const exclude = ["**/node_modules/**", "**/dist/**"];
// By default one core is left alone, which of two is half of the time.
const maxWorkers = Math.max(2, availableParallelism() - 1);
/**
 * How fast a machine is, or what else it does, must not decide whether a test passes. So these are for what hangs; a test waits for
 * what comes later with `expect.poll`, sets no deadline of its own unless it needs more, and asserts no time on a clock.
 */
const deadlines = {
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 60_000, interval: 20 } },
};

/** For tests that compute for minutes with what other suites leave of the processors: where they leave nothing, for as long as they take. */
const patient = {
  testTimeout: 3_600_000,
  hookTimeout: 3_600_000,
  expect: { poll: { timeout: 600_000, interval: 20 } },
};

const unit = {
  root,
  setupFiles: ["test/support/without-servers.ts"],
  // No module has state that changes, so the files of a worker share what they load: a third of the time.
  isolate: false,
  ...deadlines,
  maxWorkers,
};

export default defineConfig({
  test: {
    // Vitest reads this here only, not in a project.
    sequence: { sequencer: LongestFirst },
    // What one suite has transformed, the next need not: of each, that is some seconds of a processor.
    experimental: { fsModuleCache: true },
    projects: [
      { test: { ...unit, name: "unit", include: ["**/*.test.ts"], exclude } },
      // The same in three parts, of which two wait for nothing.
      { test: { ...unit, name: "unit-computing", include: computing, exclude, ...patient } },
      { test: { ...unit, name: "unit-building", include: building, exclude, ...patient } },
      {
        test: {
          ...unit,
          name: "unit-others",
          include: ["**/*.test.ts"],
          exclude: [...exclude, ...computing, ...building],
        },
      },
      {
        // On real logs, in the folder that LAPSE_DATA names.
        test: {
          name: "data",
          root,
          include: ["**/*.data-test.ts"],
          exclude,
          ...patient,
          maxWorkers,
        },
      },
      {
        // On a real Elasticsearch, MinIO and Pushgateway; see require-servers.ts.
        test: {
          name: "servers",
          root,
          include: ["**/*.server-test.ts"],
          exclude,
          globalSetup: ["test/servers/require-servers.ts"],
          // As in unit: a second of a processor for each file.
          isolate: false,
          ...deadlines,
          // The files share one server, and two cores with it; much of their time is waiting, for what was stopped or killed to come back.
          maxWorkers: 3,
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
          ...deadlines,
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
          ...deadlines,
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
