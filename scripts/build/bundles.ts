import { existsSync, readdirSync } from "node:fs";
import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { englishOnly } from "./english-only.mjs";
import { nativeWhenUsed, openTelemetryApart, partsOnly, tlsWhenUsed } from "./plugins.ts";
import { compileProgram } from "./program.mjs";
import { threadInside } from "./thread-inside.mjs";

/**
 * Bundles every function of the project at `root` that has a main.ts to one file, `<name>.cjs` in `directory`, which
 * `node run.cjs <name>` starts as long as the packages with native parts can be found from there, what records traces beside
 * them, and the program of the commands to `lapse/`. Returns the functions' names.
 */
export async function buildFunctions(root: string, directory: string): Promise<readonly string[]> {
  const functions = join(root, "functions");
  const names = readdirSync(functions).filter((name) => existsSync(join(functions, name, "main.ts")));
  // With what was compiled of older bundles.
  await rm(directory, { recursive: true, force: true });
  const options: BuildOptions = {
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    target: "node20.19",
    plugins: [nativeWhenUsed(root), englishOnly, partsOnly, tlsWhenUsed, threadInside, openTelemetryApart],
    // Without keepNames, which costs a fifth of the predictions a second: it has every closure given its name when it is
    // made. Errors say their own, and what a stack means is told by the source map (docs/operate.md).
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: "none",
    charset: "ascii",
    logLevel: "warning",
  };
  const bundles: BuildOptions = {
    ...options,
    outdir: directory,
    outExtension: { ".js": ".cjs" },
    // V8's code cache is for scripts.
    format: "cjs",
    // A script that comes from a code cache cannot import on Node 20: what stays outside the bundle is required.
    supported: { "dynamic-import": false },
  };
  await build({
    ...bundles,
    entryPoints: {
      ...Object.fromEntries(names.map((name) => [name, join("functions", name, "main.ts")])),
      // Training that takes longer than a request may last runs as a process of its own.
      "train-job": join("functions", "train", "job.ts"),
    },
    // As Node would at each start, which copies the whole.
    banner: { js: "(function (exports, require, module, __filename, __dirname) {" },
    footer: { js: "});" },
  });
  // What a bundle requires.
  await build({
    ...bundles,
    entryPoints: { "open-telemetry": join("src", "runtime", "tracing", "open-telemetry.ts") },
  });
  await compileProgram(root, join(directory, "lapse"), { ...options, plugins: [] });
  await copyFile(join(root, "scripts", "build", "run.cjs"), join(directory, "run.cjs"));
  return names;
}
