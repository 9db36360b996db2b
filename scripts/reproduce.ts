import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

// npm run reproduce: builds what the image and the npm package hold twice, from nothing, and compares every byte, V8's
// compiled code apart. Prints the SHA-256 of the package, which who builds the same version elsewhere can compare; ends
// with status 1 if anything differs.
const root = fileURLToPath(new URL("..", import.meta.url));

const [first, second] = [await build(), await build()];
const names = [...new Set([...first.keys(), ...second.keys()])].sort();
const unlike = names.filter((name) => first.get(name) !== second.get(name));
// V8 writes down what it has compiled so far, which is one function more where something was slow.
const caches = unlike.filter((name) => name.endsWith(".cache"));
const different = unlike.filter((name) => !caches.includes(name));
for (const name of different) console.log(`differs: ${name}`);
for (const name of caches) console.log(`differs, as compiled code may: ${name}`);
for (const name of names.filter((one) => one.endsWith(".tgz"))) console.log(`${first.get(name)}  ${name}`);
console.log(
  `${names.length} files were built twice, ${different.length} of them differ (and ${caches.length} files of compiled code).`,
);
process.exitCode = names.length > 0 && different.length === 0 ? 0 : 1;

/** The SHA-256 of each file that is built, by its path. */
async function build(): Promise<ReadonlyMap<string, string>> {
  await rm(join(root, "dist"), { recursive: true, force: true });
  const folder = await mkdtemp(join(tmpdir(), "lapse-reproduce-"));
  run("npx", "tsx", "scripts/build.ts");
  run("npx", "tsx", "scripts/package.ts");
  run("npm", "pack", "--silent", "--pack-destination", folder, "./dist/package");
  const sums = new Map([...(await sumsIn(join(root, "dist"))), ...(await sumsIn(folder))]);
  await rm(folder, { recursive: true });
  return sums;
}

function run(command: string, ...args: string[]): void {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`${[command, ...args].join(" ")} ended with status ${status}.`);
}

async function sumsIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const sums = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    sums.set(
      relative(folder, path),
      createHash("sha256")
        .update(await readFile(path))
        .digest("hex"),
    );
  }
  return sums;
}
