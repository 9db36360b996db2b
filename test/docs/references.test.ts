import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folders = [
  "src",
  "functions",
  "scripts",
  "bench",
  "docs",
  "observability",
  "logging",
  "knative",
  "kserve",
  "deploy",
];

/** A file of ours by its path; not the end of a longer one, nor one that is imported. */
const path =
  /(?<![\w./"#@-])(?:src|functions|scripts|docs|test|bench|observability|logging|knative|kserve|deploy)\/[\w./-]*\w\.(?:md|ts|mjs|yaml|json|svg|png)\b/g;

it("names files that are there, in comments and in the docs", async () => {
  const missing: string[] = [];
  for (const folder of folders)
    for (const entry of await readdir(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(ts|mjs|md|yaml)$/.test(entry.name) || entry.parentPath.includes("node_modules"))
        continue;
      const file = join(entry.parentPath, entry.name);
      for (const line of (await readFile(file, "utf8")).split("\n"))
        for (const [named] of line.matchAll(path))
          if (!existsSync(join(root, named))) missing.push(`${file.slice(root.length)}: ${named}`);
    }
  expect(missing).toEqual([]);
});
