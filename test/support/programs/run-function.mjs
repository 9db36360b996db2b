// Runs what an image runs of a function, from its sources: run-function.mjs NAME/main.ts. All functions are compiled first if a source is
// newer, once for all suites: by tsx each start takes a second and a half of a processor, and the suites start some sixty.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isOutdated } from "#scripts/build/is-outdated.mjs";
import { runScript } from "#scripts/build/run-script.mjs";

const root = fileURLToPath(new URL("../../..", import.meta.url));
// As deep as the folders of the sources.
const folder = join(root, ".build", "functions");
const program = join(folder, "functions.cjs");
const sources = ["src", "functions", "scripts/build", "test/support/programs", "package.json", "package-lock.json"];

if (isOutdated(program, root, sources)) {
  const { compileScript } = await import("#scripts/build/script.mjs");
  const entry = { entryPoints: [], stdin: { contents: entryOf(pathsOfMains()), resolveDir: join(root, "functions") } };
  await compileScript(root, folder, "functions", entry);
}
runScript(program);

/** @returns {string[]} */
function pathsOfMains() {
  const functions = readdirSync(join(root, "functions"));
  const paths = functions.flatMap((name) => ["main.ts", "job.ts"].map((file) => `${name}/${file}`));
  return paths.filter((path) => existsSync(join(root, "functions", path)));
}

/** A program that runs the one of these that it is asked for, and reads no other. @param {readonly string[]} paths */
function entryOf(paths) {
  const mains = paths.map((path) => `${JSON.stringify(path)}: () => import("./${path}")`);
  return `const mains = { ${mains.join(", ")} };
mains[process.argv[2]]().then(({ main }) => main());`;
}
