import { copyFile, cp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import packageJson from "../package.json" with { type: "json" };
import { englishOnly } from "./build/plugins.ts";
import { compileProgram, nativePackages } from "./build/program.mjs";

// npm run package: lapse-VERSION.tgz, which npx runs in any folder. All packages but those with native parts are compiled
// into the program, so that only these are installed with it.
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, "dist", "package");
const { name, version, description, license, type, engines } = packageJson;
const dependencies = Object.entries(packageJson.dependencies).filter(([dependency]) =>
  nativePackages.includes(dependency),
);

await rm(folder, { recursive: true, force: true });
await compileProgram(root, join(folder, "dist", "lapse"), { minify: true, sourcemap: false, plugins: [englishOnly] });
// The local runner is wired by these.
await cp(join(root, "knative"), join(folder, "knative"), {
  recursive: true,
  filter: (path) => !path.endsWith(".ts"),
});
for (const file of ["LICENSE", "README.md"]) await copyFile(join(root, file), join(folder, file));
const published = {
  ...{ name, version, description, license, type, engines },
  bin: { [name]: "dist/lapse/lapse.mjs" },
  dependencies: Object.fromEntries(dependencies),
};
await writeFile(join(folder, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
