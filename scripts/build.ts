import { existsSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Commands that are run beside the functions, where their stores can be reached. */
const commands = ["setup", "models", "dead-letters", "erase", "retain"];

/**
 * Bundles every function that has a main.ts to one file, `<name>.js` in `directory`, which plain `node` starts as long
 * as the packages with native parts can be found from there, and the commands to `commands/`. Answers the functions' names.
 */
export async function buildFunctions(directory: string): Promise<readonly string[]> {
  const functions = join(root, "functions");
  const names = readdirSync(functions).filter((name) => existsSync(join(functions, name, "main.ts")));
  await rm(directory, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries([
      ...names.map((name) => [name, join("functions", name, "main.ts")]),
      // Training that takes longer than a request may last runs as a process of its own.
      ["train-job", join("functions", "train", "job.ts")],
      ...commands.map((name) => [`commands/${name}`, join("scripts", `${name}.ts`)]),
    ]),
    outdir: directory,
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "esm",
    plugins: [nativeWhenUsed, englishOnly],
    minify: true,
    // Class and function names stand in logs and errors.
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: "none",
    banner: { js: requireBanner },
    logLevel: "warning",
  });
  return names;
}

/** Some packages are CommonJS, and ask for Node's own modules by `require`, which ESM does not have. */
const requireBanner =
  'import{createRequire as lapseRequire}from"node:module";const require=lapseRequire(import.meta.url);';

/**
 * Loads the packages with native parts by `require` when the module that imports them first runs. An ordinary external
 * import would stand at the top of the bundle, so that even a function that imports its store lazily would load DuckDB
 * at its start; and Node would first read all of the package for its names. Together a third of a start.
 */
const nativeWhenUsed: Plugin = {
  name: "native-when-used",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(@duckdb\/node-api|onnxruntime-node)$/ }, ({ path, namespace }) =>
      namespace === "native" ? { path, external: true } : { path, namespace: "native" },
    );
    onLoad({ filter: /.*/, namespace: "native" }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
      resolveDir: root,
    }));
  },
};

/** Of zod's messages in 50 languages, a quarter of a function, the English ones are taken; they have a module of their own. */
const englishOnly: Plugin = {
  name: "english-only",
  setup({ onLoad }) {
    onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({ contents: "export {}" }));
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = await buildFunctions(join(root, "dist"));
  console.log(`Built ${names.map((name) => `dist/${name}.js`).join(", ")}.`);
}
