import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";

/** A file that breaks a rule: its path, a line of it, and what is said against it. */
type Breach = readonly [path: string, line: string, message: RegExp | string];

const breaches: Breach[] = [
  ["src/churn/a/a1.ts", 'import "#stores/b.ts";', "src/churn must not import #stores."],
  ["src/churn/a/a2.ts", 'import type { B } from "#runtime/b.ts";', "src/churn must not import #runtime."],
  ["src/churn/a/a3.ts", 'import "#churn/b.ts";', "src/churn must not import #churn."],
  ["src/stores/a1.ts", 'export { b } from "#runtime/b.ts";', "src/stores must not import #runtime."],
  ["src/stores/a2.ts", 'export const b = () => import("#functions/b/b.ts");', "src/stores must not import #functions."],
  ["src/stores/a3.test.ts", 'import "#runtime/b.ts";', "src/stores must not import #runtime."],
  ["src/runtime/a1.ts", 'import "#stores/b.ts";', "src/runtime must not import #stores."],
  ["src/pages/a1.ts", 'import "#stores/b.ts";', "src/pages must not import #stores."],
  ["src/local/a1.ts", 'import "#scripts/b.ts";', "src/local must not import #scripts."],
  ["scripts/a1.ts", 'import "#bench/b.ts";', "scripts must not import #bench."],
  ["functions/one/a1.ts", 'import "#local/b.ts";', "functions/one must not import #local."],
  // Another function, however the path is written.
  ["functions/one/a2.ts", 'import "#functions/two/b.ts";', "functions/one must not import #functions."],
  ["functions/one/a3.ts", 'import "../two/b.ts";', /^Relative imports stay within functions\/one/],
  ["functions/one/deep/a4.ts", 'import "../../two/b.ts";', /^Relative imports stay within functions\/one/],
  ["functions/one/a5.ts", 'import "./../two/b.ts";', "Write the path without a detour."],
  ["functions/one/deep/a6.ts", 'import "../deep/../../two/b.ts";', "Write the path without a detour."],
  ["src/stores/x/y/z/a4.ts", 'import "../../../../churn/b.ts";', /^Relative imports stay within src\/stores/],
  ["test/support/a1.ts", 'import "../../src/churn/b.ts";', /^Relative imports stay within test/],
  // What only tests may have.
  ["src/churn/a4.ts", 'import "#test/support/b.ts";', "src/churn must not import #test."],
  ["src/local/a2.ts", 'import "#test/support/b.ts";', "src/local must not import #test."],
  ["functions/one/a7.ts", 'import "#test/support/b.ts";', "functions/one must not import #test."],
  ["scripts/start/a2.ts", 'import "#test/support/b.ts";', "scripts must not import #test."],
  // Clock, randomness, I/O.
  ["src/churn/a5.ts", "export const now = Date.now();", /^Clock and randomness are passed in: Date.now/],
  ["src/churn/a6.ts", "export const now = new Date();", /^Clock and randomness are passed in: new Date/],
  ["src/stores/a5.ts", "export const random = Math.random;", /^Clock and randomness are passed in: Math.random/],
  ["src/churn/a7.ts", "export const env = process.env;", /^The domain does no I\/O: process.env/],
  ["src/churn/a8.ts", 'import "node:fs";', /^The domain does no I\/O: "node:fs"/],
  // Cycles, of types too and by package imports.
  ["src/churn/c1.ts", 'import "./c2.ts";', /^This import is part of a cycle/],
  ["src/churn/c2.ts", 'import "./c1.ts";', /^This import is part of a cycle/],
  ["src/churn/d1.ts", 'export type { D } from "./d2.ts"; export type E = 1;', /^This import is part of a cycle/],
  ["src/churn/d2.ts", 'import type { E } from "./d1.ts"; export type D = E;', /^This import is part of a cycle/],
  ["test/e1.ts", 'import "#test/e2.ts";', /^This import is part of a cycle/],
  ["test/e2.ts", 'import "#test/e1.ts";', /^This import is part of a cycle/],
];

/** Files that are as they should be. */
const sound: (readonly [path: string, line: string])[] = [
  ["src/churn/a/ok.ts", 'import "node:crypto"; import "../b.ts"; import "./b.ts"; export const t = new Date(0);'],
  ["src/churn/ok.test.ts", 'import "#test/support/b.ts"; export const now = Date.now();'],
  ["src/stores/a/ok.ts", 'import "#churn/b.ts"; import "../b.ts"; import "node:fs";'],
  ["src/stores/a/ok.contract.ts", 'import "#test/support/b.ts";'],
  ["src/stores/a/ok.server-test.ts", 'import "#test/support/b.ts";'],
  ["functions/one/ok.ts", 'import "#churn/b.ts"; import "#stores/b.ts"; import "#runtime/b.ts"; import "#pages/b.ts";'],
  ["functions/one/deep/ok.ts", 'import "../b.ts"; import lapse from "../../../package.json"; export { lapse };'],
  ["scripts/build/ok.ts", 'import "#test/support/b.ts"; import "#local/b.ts";'],
  ["test/support/ok.ts", 'import "#functions/one/b.ts"; import "../b.ts";'],
  ["bench/ok.ts", 'import "#test/support/b.ts"; import "#functions/one/b.ts";'],
];

const root = fileURLToPath(new URL("../..", import.meta.url));
/** What Biome says against each file. */
let said: ReadonlyMap<string, readonly string[]>;
let folder: string;

beforeAll(async () => {
  // Below a folder of a layer's name, which must not be taken for the layer.
  folder = join(await mkdtemp(join(tmpdir(), "lapse-lint-")), "functions", "lapse");
  for (const [path, line] of [...breaches, ...sound]) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), `${line}\n`);
  }
  for (const name of ["package.json", "test/lint/layers.grit", "test/lint/passed-in.grit"])
    await cp(join(root, name), join(folder, name));
  const rules: object = JSON.parse(await readFile(join(root, ".biome.json"), "utf8"));
  await writeFile(join(folder, ".biome.json"), JSON.stringify({ ...rules, vcs: { enabled: false } }));
  said = await lint(folder);
});

afterAll(() => rm(dirname(dirname(folder)), { recursive: true }));

describe("the linter", () => {
  it.each(breaches)("refuses in %s: %s", (path, _line, message) => {
    expect(said.get(path)).toEqual([typeof message === "string" ? message : expect.stringMatching(message)]);
  });

  it.each(sound)("has nothing against %s: %s", (path) => {
    expect(said.get(path)).toBeUndefined();
  });
});

async function lint(folder: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const only = ["--only=plugin", "--only=suspicious/noImportCycles"];
  const args = ["lint", "--reporter=json", "--max-diagnostics=none", ...only, "."];
  const output = await new Promise<string>((resolve) => {
    // Its status is 1, as there are errors.
    execFile(join(root, "node_modules/.bin/biome"), args, { cwd: folder }, (_error, stdout) => resolve(stdout));
  });
  const messages = new Map<string, string[]>();
  for (const { location, message } of reportSchema.parse(JSON.parse(output)).diagnostics)
    messages.set(location.path, [...(messages.get(location.path) ?? []), message]);
  return messages;
}

const reportSchema = z.object({
  diagnostics: z.array(z.object({ message: z.string(), location: z.object({ path: z.string() }) })),
});
