import { chmod, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { englishOnly } from "./english-only.mjs";
import { nativeByRequire } from "./native-by-require.mjs";
import { threadInside } from "./thread-inside.mjs";

/**
 * Compiles the program `lapse` of the project at `root` to `lapse.mjs` in `folder`, with a chunk for what each command loads
 * when it is called. `folder` is two below a folder that has `knative/`. `options` are esbuild's, beyond these.
 *
 * Other processes may run or compile the program at the same time: chunks are named by their content, the file that
 * imports them is put in place last, and old chunks are kept for a day.
 *
 * Plain JavaScript, because `run.mjs` imports it, and Node 20 runs no TypeScript.
 *
 * @param {string} root
 * @param {string} folder
 * @param {import("esbuild").BuildOptions} [options]
 */
export async function compileProgram(root, folder, options = {}) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    target: "node20.19",
    sourcemap: "linked",
    logLevel: "warning",
    ...options,
    entryPoints: [join("scripts", "lapse.ts")],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    chunkNames: "[name]-[hash]",
    format: "esm",
    splitting: true,
    write: false,
    // Node reads the map of every file that it loads, of which most would be copies of the sources.
    sourcesContent: false,
    plugins: [threadInside, nativeByRequire, englishOnly, ...(options.plugins ?? [])],
    // Some packages are CommonJS and ask for Node's own modules by `require`, which ESM does not have.
    banner: {
      js: 'import{createRequire as lapseRequire}from"node:module";const require=lapseRequire(import.meta.url);',
    },
  });
  await mkdir(folder, { recursive: true });
  const program = join(folder, "lapse.mjs");
  const draft = `${program}.${process.pid}`;
  for (const { path, contents } of outputFiles) await writeFile(path === program ? draft : path, contents);
  await chmod(draft, 0o755);
  await rename(draft, program);
  await removeFormer(folder, new Set(outputFiles.map(({ path }) => basename(path))));
}

const day = 24 * 60 * 60 * 1000;

/** @param {string} folder @param {ReadonlySet<string>} current */
async function removeFormer(folder, current) {
  for (const name of await readdir(folder)) {
    if (current.has(name)) continue;
    const path = join(folder, name);
    if (Date.now() - (await stat(path)).mtimeMs > day) await rm(path, { force: true });
  }
}
