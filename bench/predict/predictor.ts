import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { setUpStores } from "#stores/open-stores.ts";
import { type Contestant, startContestant } from "./contestant.ts";
import { blendOf } from "./model.ts";
import { putUsers, vectorOf } from "./users.ts";

/** A model, a request for one vector and users to ask for, with which predictors are started. */
export interface Bench {
  readonly model: ReturnType<typeof blendOf>["manifest"];
  readonly features: number;
  /** A file with the JSON of a request for one vector. */
  readonly bodyFile: string;
  readonly body: string;
  /** A file with the JSON of a request for one user who is not stored, by twenty actions. */
  readonly actionsFile: string;
  /** Starts `node run.cjs predict` on files of its own. */
  start(options?: StartOptions): Promise<Contestant>;
  /** Deletes the data and the bundles. */
  remove(): Promise<void>;
}

export interface StartOptions {
  /** The checkout whose code is run; by default this one. */
  readonly checkout?: string;
  /** The core that it runs on; by default any. */
  readonly core?: number;
  readonly env?: Readonly<Record<string, string>>;
}

const here = fileURLToPath(new URL("../..", import.meta.url));

/** Builds the functions of each checkout, and makes a model of 68 + 10 x `actions` features and `users` users in files. */
export async function prepare(actions: number, users = 0, checkouts: readonly string[] = [here]): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), "lapse-bench-predict-"));
  const original = join(folder, "data");
  const model = blendOf(actions);
  const stores = await setUpStores({ dataDir: original }, Date.now);
  await stores.models.publish({ ...model, report: "" });
  await stores.models.moveAlias("champion", model.manifest.version, undefined, {
    by: "bench",
    reason: "to measure it",
  });
  if (users > 0) await putUsers(stores.features, model.manifest, users);
  await stores.close();
  const body = JSON.stringify({ instances: [vectorOf(model.manifest, 0)] });
  const bodyFile = join(folder, "body.json");
  await writeFile(bodyFile, body);
  const actionsFile = join(folder, "actions.json");
  await writeFile(actionsFile, JSON.stringify({ instances: [{ actions: recentActions() }] }));
  for (const checkout of checkouts) await build(checkout);
  let started = 0;
  return {
    model: model.manifest,
    features: model.manifest.features.length,
    body,
    bodyFile,
    actionsFile,
    async start({ checkout = here, core, env = {} } = {}) {
      // An embedded database belongs to one process.
      started += 1;
      const data = join(folder, `${started}`);
      await cp(original, data, { recursive: true });
      const node = [process.execPath, join(bundlesOf(checkout), "run.cjs"), "predict"] as const;
      return startContestant({
        command: () => (core === undefined ? [...node] : ["taskset", "--cpu-list", `${core}`, ...node]),
        env: { ...env, DATA_DIR: data },
        body,
      });
    },
    remove: async () => {
      await rm(folder, { recursive: true });
      for (const checkout of checkouts) await rm(bundlesOf(checkout), { recursive: true });
    },
  };
}

/** One each other day, up to an hour ago. */
function recentActions(): object[] {
  const last = Date.now() - 3_600_000;
  return Array.from({ length: 20 }, (_, i) => ({
    action: i % 3 === 0 ? "purchase" : "login",
    timestamp: new Date(last - i * 2 * 86_400_000).toISOString(),
  }));
}

/** Inside of the checkout, where bundles find the packages with native parts. */
function bundlesOf(checkout: string): string {
  return join(checkout, "dist", "bench-predict");
}

/** By the checkout's own scripts: an older one may be bundled otherwise. */
async function build(checkout: string): Promise<void> {
  const script = `
    import { buildFunctions } from "./scripts/build/bundles.ts";
    import { writeCodeCaches } from "./scripts/build/code-cache.ts";
    await buildFunctions(process.cwd(), ${JSON.stringify(bundlesOf(checkout))});
    await writeCodeCaches(${JSON.stringify(bundlesOf(checkout))}, ["predict"]);`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", script];
  await promisify(execFile)(process.execPath, args, { cwd: checkout, timeout: 120_000 });
}
