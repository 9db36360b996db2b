// Runs a program of this folder from its sources: run-program.mjs NAME ARGUMENTS. All of them are compiled first if a source is newer, once for
// all suites: by tsx each start takes half a second of a processor more, and that of a whole lapse two.
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isOutdated } from "#scripts/build/is-outdated.mjs";

const names = [
  ...["append-to-duckdb", "append-to-elasticsearch", "issuer", "local-lapse", "open-duckdb-actions", "place-log"],
  ...["promote-in-directory", "promote-in-minio", "publish-to-minio", "roll-up-elasticsearch"],
];
const root = fileURLToPath(new URL("../../..", import.meta.url));
// As deep as what is compiled elsewhere.
const folder = join(root, ".build", "programs");
const sources = ["src", "functions", "scripts", "test/support", "package.json", "package-lock.json"];

const [name = ""] = process.argv.splice(2, 1);
const program = join(folder, `${name}.mjs`);
if (isOutdated(program, root, sources)) await compile();
process.argv[1] = program;
await import(pathToFileURL(program).href);

/** What the programs share is put in place before them: others may be about to run or compile them. */
async function compile() {
  const { build, stop } = await import("esbuild");
  const { programOptions, putInPlace, removeFormer } = await import("#scripts/build/program.mjs");
  const { threadInside } = await import("#scripts/build/thread-inside.mjs");
  const { outputFiles } = await build({
    ...programOptions(root),
    entryPoints: names.map((one) => join("test", "support", "programs", `${one}.ts`)),
    external: ["@duckdb/node-bindings", "onnxruntime-node"],
    plugins: [threadInside],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    chunkNames: "chunk-[hash]",
    format: "esm",
    splitting: true,
    banner: {
      js: 'import{createRequire as lapseRequire}from"node:module";const require=lapseRequire(import.meta.url);',
    },
  });
  await stop();
  await mkdir(folder, { recursive: true });
  const [shared, own] = [false, true].map((isOwn) =>
    outputFiles.filter(({ path }) => names.includes(basename(path, ".mjs")) === isOwn),
  );
  for (const { path, contents } of shared ?? []) await writeFile(path, contents);
  for (const { path, contents } of own ?? []) await putInPlace(path, contents);
  await removeFormer(folder, new Set(outputFiles.map(({ path }) => basename(path))));
}
