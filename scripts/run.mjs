// node scripts/run.mjs NAME [ARG …]: runs scripts/NAME.ts, compiled to one file in .build/ first where a source is
// newer than that. Node 20 runs no TypeScript, and loading some 300 sources one by one takes longer than all of a second start.
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = ["src", "functions", "scripts", "test/support", "package.json", "package-lock.json"];

const [node, , name = "", ...args] = process.argv;
const entry = join(root, "scripts", `${name}.ts`);
// As deep as the sources' own folders, so that paths relative to a source stay right.
const compiled = join(root, ".build", `${name}.mjs`);
if (modified(compiled) < Math.max(...sources.map((source) => newest(join(root, source))))) await compile();
process.argv = [node ?? "", compiled, ...args];
process.setSourceMapsEnabled(true);
await import(pathToFileURL(compiled).href);

async function compile() {
  const [{ build }, { threadInside }] = await Promise.all([import("esbuild"), import("./build/thread-inside.mjs")]);
  mkdirSync(dirname(compiled), { recursive: true });
  await build({
    entryPoints: [entry],
    outfile: compiled,
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "esm",
    external: ["@duckdb/node-api", "onnxruntime-node", "esbuild"],
    plugins: [threadInside],
    sourcemap: "linked",
    // Some packages are CommonJS and ask for Node's own modules by `require`, which ESM does not have.
    banner: {
      js: 'import{createRequire as lapseRequire}from"node:module";const require=lapseRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
}

function newest(path) {
  const { mtimeMs } = statSync(path);
  try {
    return readdirSync(path).reduce((latest, file) => Math.max(latest, newest(join(path, file))), mtimeMs);
  } catch {
    return mtimeMs;
  }
}

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
