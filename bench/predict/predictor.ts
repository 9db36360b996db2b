import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildFunctions } from "#scripts/build/bundles.ts";
import { writeCodeCaches } from "#scripts/build/code-cache.ts";
import { DirectoryModelStore } from "#stores/models/directory/model-store.ts";
import { type Contestant, startContestant } from "./contestant.ts";
import { blendOf } from "./model.ts";

/** The predict function as it is deployed, with a model in a registry of its own. */
export interface Predictor {
  readonly features: number;
  /** A file with the JSON of a request for one vector. */
  readonly bodyFile: string;
  readonly body: string;
  /** Starts `node run.cjs predict`, on one core if it is given. */
  start(core?: number): Promise<Contestant>;
  /** Deletes the data and the bundle. */
  remove(): Promise<void>;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
// Inside of the project, where the bundle finds the packages with native parts.
const bundles = join(root, "dist", "bench-predict");

/** Builds the function and publishes a model of 68 + 10 x `actions` features. */
export async function buildPredictor(actions: number): Promise<Predictor> {
  const data = await mkdtemp(join(tmpdir(), "lapse-bench-predict-"));
  const model = blendOf(actions);
  const store = await DirectoryModelStore.open(join(data, "models"), { now: Date.now });
  await store.publish({ ...model, report: "" });
  await store.moveAlias("champion", model.manifest.version, undefined, { by: "bench", reason: "to measure it" });
  const vector = model.manifest.typical.map((value, j) => Math.round(value * (0.5 + (j % 4) / 2) * 100) / 100);
  const body = JSON.stringify({ instances: [vector] });
  const bodyFile = join(data, "body.json");
  await writeFile(bodyFile, body);
  await buildFunctions(root, bundles);
  await writeCodeCaches(bundles, ["predict"]);
  return {
    features: vector.length,
    body,
    bodyFile,
    start: (core) =>
      startContestant({
        command: () => {
          const node = [process.execPath, join(bundles, "run.cjs"), "predict"] as const;
          return core === undefined ? [...node] : ["taskset", "--cpu-list", `${core}`, ...node];
        },
        env: { DATA_DIR: data },
        body,
      }),
    remove: async () => {
      await rm(data, { recursive: true });
      await rm(bundles, { recursive: true });
    },
  };
}
