import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const text = await readFile(`${root}docs/security.md`, "utf8");
const [, table = ""] = text.split("## How each promise is tested");
const rows = table.split("\n").filter((line) => line.startsWith("| ") && !/^\| (promise|---) /.test(line));

describe("docs/security.md", () => {
  it("has a promise in each row", () => {
    expect(rows.length).toBeGreaterThan(15);
  });

  it.each(rows)("names a test that is there, and tests something: %s", async (row) => {
    const [, , tests = ""] = row.split("|");
    const paths = [...tests.matchAll(/`([^`]+)`/g)].map(([, path]) => path ?? "");
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) {
      expect(existsSync(root + path), path).toBe(true);
      // A contract is a function that the tests of each store call.
      if (path.endsWith(".contract.ts")) continue;
      expect(path).toMatch(/\.(server-|cluster-)?test\.ts$/);
      expect(await readFile(root + path, "utf8")).toMatch(/\bexpect\(/);
    }
  });
});
