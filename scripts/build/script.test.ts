import { link, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Manifests } from "#local/manifests.ts";
import { readManifests } from "#local/read-manifests.ts";
import { RunningProgram } from "#test/support/running-program.ts";
import { manifestsInside } from "./manifests-inside.mjs";
import { compileScript } from "./script.mjs";

let root: string;
let folder: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "lapse-script-"));
  folder = join(root, ".build", "lapse");
  await mkdir(join(root, "scripts"));
  const runner = pathToFileURL("scripts/build/run-script.mjs").href;
  await writeFile(
    join(root, "run.mjs"),
    `import { runScript } from ${JSON.stringify(runner)}; runScript(${JSON.stringify(join(folder, "lapse.cjs"))});`,
  );
});

afterEach(() => rm(root, { recursive: true }));

/** A program that says a word once it has started, or fails. */
async function compile(word: string): Promise<void> {
  await writeFile(
    join(root, "scripts", "lapse.ts"),
    `#!/usr/bin/env node
import { channel } from "node:diagnostics_channel";
import { rmSync } from "node:fs";
import { Script } from "node:vm";
interface Said { readonly word: string }
function fail(): never { throw new Error("broken"); }
// Of which esbuild leaves the letters as they are.
const tagged = (parts: TemplateStringsArray) => parts.join("");
const said: Said = { word: tagged\`${word}\` };
if (process.argv[2] === "fail") fail();
if (process.argv[2] === "bare") {
  const bare: { stack?: string } = Object.create(null);
  Error.captureStackTrace(bare);
  console.log(bare.stack);
}
if (process.argv[2] === "nowhere") {
  rmSync(__dirname, { recursive: true });
  Script.prototype.createCachedData = () => { console.log("made"); return Buffer.alloc(0); };
}
channel("lapse.started").publish(undefined);
console.log(said.word, import.meta.url);
`,
  );
  await compileScript(root, folder);
}

async function run(...args: string[]) {
  const program = new RunningProgram(process.execPath, [join(root, "run.mjs"), ...args], {});
  return { status: await program.ended, lines: program.lines, errors: program.messages.join("\n") };
}

/** When each code cache was written. */
async function caches(): Promise<Map<string, number>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".cache"));
  return new Map(
    await Promise.all(names.map(async (name) => [name, (await stat(join(folder, name))).mtimeMs] as const)),
  );
}

describe("a script", () => {
  it("says what its sources say, in whatever script", async () => {
    await compile("été · 日本 😀");
    expect((await run()).lines[0]).toMatch(/^été · 日本 😀 /);
  });

  it("knows where it lies", async () => {
    await compile("hello");
    const url = pathToFileURL(join(folder, "lapse.cjs")).href;
    expect(await run()).toEqual({ status: 0, lines: [`hello ${url}`], errors: "" });
  });

  it("leaves its code when it has started, which the next run takes", async () => {
    await compile("hello");
    await run("fail");
    expect((await caches()).size).toBe(0);
    await run();
    const written = await caches();
    expect(written.size).toBe(1);
    expect((await run()).lines[0]).toMatch(/^hello /);
    expect(await caches()).toEqual(written);
  });

  it("does not run the code of a former one of the same length", async () => {
    await compile("hello");
    await run();
    const [former = ""] = (await caches()).keys();
    const code = await readFile(join(folder, former));
    await compile("adieu");
    // As one that was running then may still write it.
    await writeFile(join(folder, former), code);
    expect((await run()).lines[0]).toMatch(/^adieu /);
    expect((await caches()).size).toBe(2);
    await compile("hallo");
    expect((await caches()).size).toBe(0);
  });

  it("runs without code that V8 does not take, and replaces it", async () => {
    await compile("hello");
    await run();
    const [name = ""] = (await caches()).keys();
    await writeFile(join(folder, name), "of another V8");
    expect((await run()).lines[0]).toMatch(/^hello /);
    expect((await stat(join(folder, name))).size).toBeGreaterThan(100);
  });

  it("makes no code where it cannot be kept, and leaves nothing of it", async () => {
    await compile("hello");
    expect((await run("nowhere")).lines).toEqual([expect.stringMatching(/^hello /)]);
    await compile("hello");
    await run();
    const [name = ""] = (await caches()).keys();
    await rm(join(folder, name));
    await mkdir(join(folder, name));
    expect((await run()).status).toBe(0);
    expect((await readdir(folder)).filter((file) => file.includes(".cache"))).toEqual([name]);
    await rm(join(folder, name), { recursive: true });
    // As a process that is killed leaves it.
    await writeFile(join(folder, `${name}.123`), "");
    await compile("adieu");
    expect((await readdir(folder)).filter((file) => file.includes(".cache"))).toEqual([]);
  });

  it("has its map replaced, and not written where another may be reading it", async () => {
    await compile("hello");
    const map = async () => {
      const name = (await readdir(folder)).find((file) => file.endsWith(".map")) ?? "";
      return { name, ...(await stat(join(folder, name))) };
    };
    const former = await map();
    await link(join(folder, former.name), join(root, "read"));
    await compile("hello");
    const later = await map();
    expect(later.name).toBe(former.name);
    expect(later.ino).not.toBe(former.ino);
    expect(later.mode & 0o111).toBe(0);
  });

  it("tells the stack of what has no prototype", async () => {
    await compile("hello");
    const { status, lines } = await run("bare");
    expect(status).toBe(0);
    expect(lines[0]).toBe("Error");
    expect(lines[1]).toMatch(/scripts\/lapse\.ts:13:\d+/);
  });

  it("fails with a stack that names the places in the sources", async () => {
    await compile("hello");
    const { status, errors } = await run("fail");
    expect(status).toBe(1);
    expect(errors).toContain("Error: broken\n");
    expect(errors).toMatch(new RegExp(`at fail \\(${join(root, "scripts", "lapse.ts")}:6:\\d+\\)`));
    expect(errors).toMatch(/scripts\/lapse\.ts:10:\d+/);
  });

  it.each([
    ["is gone", (path: string) => rm(path)],
    ["is broken", (path: string) => truncate(path, 100)],
  ])("fails with a stack of its own places where the map %s", async (_, change) => {
    await compile("hello");
    for (const name of await readdir(folder)) if (name.endsWith(".map")) await change(join(folder, name));
    const { status, errors } = await run("fail");
    expect(status).toBe(1);
    expect(errors).toContain("Error: broken\n");
    expect(errors).toMatch(/at fail \(.*lapse\.cjs:\d+:\d+\)/);
  });
});

it("has the manifests inside as they are read elsewhere", async () => {
  const outfile = join(root, "knative.mjs");
  const { outputFiles } = await build({
    entryPoints: ["src/local/knative.ts"],
    ...{ outfile, bundle: true, platform: "node", format: "esm", write: false, plugins: [manifestsInside] },
  });
  const [{ text } = { text: "" }] = outputFiles;
  await writeFile(outfile, text);
  // Nothing that could read them.
  expect(text).not.toContain("node_modules/yaml");
  const { readKnative }: { readKnative: () => Promise<Manifests> } = await import(outfile);
  expect(await readKnative()).toEqual(await readManifests("knative"));
});
