import { copyFile, cp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import packageJson from "../package.json" with { type: "json" };
import { nativePackages } from "./build/native-by-require.mjs";
import { compileProgram } from "./build/program.mjs";

// npm run package: lapse-VERSION.tgz, which npx runs in any folder. All packages but those with native parts are compiled
// into the program. Of these, npm installs DuckDB, which is a package for each platform, and ONNX Runtime is inside: as it
// comes, its installation downloads hundreds of megabytes for graphics cards.
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, "dist", "package");
const { name, version, description, license, type, engines } = packageJson;
const dependencies = Object.entries(packageJson.dependencies).filter(([dependency]) =>
  nativePackages.includes(dependency),
);

await rm(folder, { recursive: true, force: true });
await compileProgram(root, join(folder, "dist", "lapse"), { minify: true, sourcemap: false });
// The local runner is wired by these.
await cp(join(root, "knative"), join(folder, "knative"), {
  recursive: true,
  filter: (path) => !path.endsWith(".ts"),
});
for (const file of ["LICENSE", "README.md"]) await copyFile(join(root, file), join(folder, file));
const inside = ["onnxruntime-node", "onnxruntime-common"];
// npm packs of what lies inside only what the package depends on by itself.
for (const dependency of inside) dependencies.push([dependency, await putInside(dependency)]);
const published = {
  ...{ name, version, description, license, type, engines },
  bin: { [name]: "dist/lapse/lapse.mjs" },
  dependencies: Object.fromEntries(dependencies),
  bundleDependencies: inside,
};
await writeFile(join(folder, "package.json"), `${JSON.stringify(published, null, 2)}\n`);

/** What runs of a package, without what is done when it is installed. Returns its version. */
async function putInside(dependency: string): Promise<string> {
  const from = join(root, "node_modules", dependency);
  const to = join(folder, "node_modules", dependency);
  await cp(from, to, { recursive: true, filter: (path) => !/\/(lib|script|node_modules)$|\.(d\.ts|map)$/.test(path) });
  const manifest = z
    .looseObject({ version: z.string() })
    .parse(JSON.parse(await readFile(join(to, "package.json"), "utf8")));
  const { scripts: _scripts, devDependencies: _devDependencies, dependencies: _dependencies, ...rest } = manifest;
  await writeFile(join(to, "package.json"), `${JSON.stringify(rest, null, 2)}\n`);
  return manifest.version;
}
