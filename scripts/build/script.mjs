import { mkdir, readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { build, stop } from "esbuild";
import { englishOnly } from "./english-only.mjs";
import { manifestsInside } from "./manifests-inside.mjs";
import { programOptions, putInPlace, removeFormer } from "./program.mjs";
import { threadInside } from "./thread-inside.mjs";

/** What a script needs beside it: packages with native parts, and those that a start without servers never loads, a third of all. */
const external = [
  ...["@duckdb/node-bindings", "onnxruntime-node"],
  ...["@elastic/*", "@opentelemetry/resources", "@opentelemetry/sdk-*", "@opentelemetry/exporter-*", "minio"],
];

/**
 * Compiles the program `lapse` of the project at `root`, or that of another entry, to one script, `NAME.cjs` in `folder`, which `runScript`
 * runs with V8's code cache: all of it is read in a few milliseconds, whatever a command needs of it. `folder` is two below `root`.
 *
 * Other processes may run or compile the program at the same time: the map is named by the program's content, and the program is put in
 * place last.
 *
 * @param {string} root
 * @param {string} folder
 * @param {string} name
 * @param {Pick<import("esbuild").BuildOptions, "entryPoints" | "stdin">} [entry]
 */
export async function compileScript(root, folder, name = "lapse", entry = {}) {
  const { outputFiles } = await buildWithoutCollecting({
    ...programOptions(root),
    ...entry,
    external,
    outdir: folder,
    entryNames: "[name]-[hash]",
    outExtension: { ".js": ".cjs" },
    format: "cjs",
    charset: "ascii",
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "lapseUrl" },
    banner: { js: 'const lapseUrl=require("node:url").pathToFileURL(__filename).href;' },
    plugins: [threadInside, englishOnly, manifestsInside],
  });
  const [program, map] = ["cjs", "cjs.map"].map((end) => outputFiles.find(({ path }) => path.endsWith(end)));
  if (program === undefined || map === undefined) throw new TypeError("esbuild has made no program with a map");
  await mkdir(folder, { recursive: true });
  await putInPlace(map.path, map.contents, 0o644);
  await putInPlace(join(folder, `${name}.cjs`), program.contents);
  await removeOthers(folder, basename(program.path, ".cjs"));
  await removeFormer(folder, new Set([`${name}.cjs`, basename(map.path)]));
}

/** Removes maps and code caches of former programs, also those that were never whole: megabytes, without which those that still run go on. @param {string} folder @param {string} name */
async function removeOthers(folder, name) {
  for (const other of await readdir(folder))
    if (/\.(?:map|cache(?:\.\d+)?)$/.test(other) && !other.startsWith(name))
      await rm(join(folder, other), { force: true });
}

/**
 * Has esbuild keep its garbage, the collection of which takes a third of the processor's time: 390 MB instead of 320 for a second. Its
 * process then ends, which would keep them as long as this one runs.
 *
 * @template {import("esbuild").BuildOptions} Options
 * @param {Options} options
 */
async function buildWithoutCollecting(options) {
  const { GOGC } = process.env;
  process.env.GOGC = "off";
  try {
    const building = build(options);
    if (GOGC === undefined) delete process.env.GOGC;
    else process.env.GOGC = GOGC;
    return await building;
  } finally {
    await stop();
  }
}
