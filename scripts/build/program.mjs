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
    ...programOptions(root),
    ...options,
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    chunkNames: "[name]-[hash]",
    format: "esm",
    splitting: true,
    plugins: [threadInside, nativeByRequire, englishOnly, ...(options.plugins ?? [])],
    // Some packages are CommonJS and ask for Node's own modules by `require`, which ESM does not have.
    banner: {
      js: 'import{createRequire as lapseRequire}from"node:module";const require=lapseRequire(import.meta.url);',
    },
  });
  await mkdir(folder, { recursive: true });
  const program = join(folder, "lapse.mjs");
  for (const { path, contents } of outputFiles) if (path !== program) await writeFile(path, contents);
  const { contents = "" } = outputFiles.find(({ path }) => path === program) ?? {};
  await putInPlace(program, contents);
  await removeFormer(folder, new Set(outputFiles.map(({ path }) => basename(path))));
}

/**
 * esbuild's options for `lapse`, however it is compiled; without the plugins.
 *
 * @param {string} root
 * @returns {import("esbuild").BuildOptions & { write: false }}
 */
export function programOptions(root) {
  return {
    absWorkingDir: root,
    entryPoints: [join("scripts", "lapse.ts")],
    bundle: true,
    platform: "node",
    target: "node20.19",
    sourcemap: "linked",
    // Most of a map would be copies of the sources.
    sourcesContent: false,
    logLevel: "warning",
    write: false,
  };
}

/** Writes a file that others may be about to run or read. @param {string} path @param {string | Uint8Array} contents @param {number} [mode] */
export async function putInPlace(path, contents, mode = 0o755) {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, contents);
  await chmod(draft, mode);
  await rename(draft, path);
}

const day = 24 * 60 * 60 * 1000;

/** Removes files of a day ago and older, but for current ones. @param {string} folder @param {ReadonlySet<string>} current */
export async function removeFormer(folder, current) {
  for (const name of await readdir(folder)) {
    if (current.has(name)) continue;
    const path = join(folder, name);
    if (Date.now() - (await stat(path)).mtimeMs > day) await rm(path, { force: true });
  }
}
