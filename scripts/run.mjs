#!/usr/bin/env node
// The program `lapse` in a clone, compiled first if a source is newer. Node 20 runs no TypeScript, and loading some 300
// sources one by one takes longer than a whole second start.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isOutdated } from "./build/is-outdated.mjs";
import { runScript } from "./build/run-script.mjs";

// A clone has no command `lapse` on the path: lines that are to be pasted are told as they are called here.
process.env.LAPSE_CALLED_AS ??= "npx lapse";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = ["src", "functions", "scripts", "knative", "package.json", "package-lock.json"];

// As deep as the folders of the sources, so that a path relative to one of them stays right.
const folder = join(root, ".build", "lapse");
const program = join(folder, "lapse.cjs");
if (isOutdated(program, root, sources)) {
  const { compileScript } = await import("./build/script.mjs");
  const compiled = compileScript(root, folder);
  // Meanwhile, as a process of its own compiles: what a start needs first, and takes a while to load.
  if (process.argv[2] === "start") createRequire(import.meta.url)("@duckdb/node-bindings");
  await compiled;
}
runScript(program);
