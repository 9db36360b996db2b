import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import packageJson from "../../package.json" with { type: "json" };

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, ".github/workflows");

const stepSchema = z.object({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
});
const workflowSchema = z.object({
  jobs: z.record(
    z.string(),
    z.object({
      env: z.record(z.string(), z.string()).optional(),
      permissions: z.record(z.string(), z.string()).optional(),
      needs: z.union([z.string(), z.array(z.string())]).optional(),
      steps: z.array(stepSchema).nonempty(),
    }),
  ),
});

const workflows = new Map(
  await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const text = await readFile(join(folder, name), "utf8");
      return [name, { text, jobs: workflowSchema.parse(parse(text)).jobs }] as const;
    }),
  ),
);

/** All that a workflow has shells run, as one text. */
function commandsOf(name: string): string {
  const jobs = Object.values(workflows.get(name)?.jobs ?? {});
  return jobs.flatMap(({ steps }) => steps.flatMap(({ run = [] }) => run)).join("\n");
}

/** The scripts of package.json that a text runs. */
function scriptsIn(text: string): ReadonlySet<string> {
  const named = [...text.matchAll(/\bnpm (?:run (?:--silent )?([\w:-]+)|(test))\b/g)];
  return new Set(named.map(([, script, test]) => script ?? test ?? ""));
}

describe.each([...workflows.keys()])("the workflow %s", (name) => {
  const { text = "" } = workflows.get(name) ?? {};

  it("names every action by a commit, which no one can move, with the version beside it", () => {
    const used = [...text.matchAll(/\buses: *(.*)/g)].map(([, action = ""]) => action);
    expect(used.length).toBeGreaterThan(2);
    for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    const versions = new Set(used.map((action) => action.replace(/ .*/, "")));
    expect(new Set(used.map((action) => action.replace(/@.*/, ""))).size).toBe(versions.size);
  });

  it("runs scripts that there are", () => {
    const scripts = scriptsIn(commandsOf(name));
    expect(scripts.size).toBeGreaterThan(2);
    for (const script of scripts) expect(packageJson.scripts).toHaveProperty([script]);
  });

  it("reads files that there are", () => {
    const files = [...commandsOf(name).matchAll(/(?<![\w./-])(?:test|scripts|deploy)\/[\w./-]+|\bCHANGELOG\.md\b/g)];
    expect(files.length).toBeGreaterThan(0);
    for (const [file] of files) expect(existsSync(join(root, file)), file).toBe(true);
  });
});

describe("a release on GitHub", () => {
  it("lets no job that runs packages of others write to the repository or sign", () => {
    const jobs = Object.values(workflows.get("release.yml")?.jobs ?? {});
    const mayWrite = jobs.filter(({ permissions = {} }) => Object.values(permissions).includes("write"));
    expect(mayWrite.length).toBeGreaterThan(0);
    expect(jobs.length).toBeGreaterThan(mayWrite.length);
    for (const { steps } of mayWrite)
      expect(steps.map(({ run = "" }) => run).join("\n")).not.toMatch(/\b(npm|npx|tsx|pip|go) /);
  });

  it("makes nothing before it knows that the checks of its commit have passed", () => {
    const jobs = workflows.get("release.yml")?.jobs ?? {};
    const [first = "", ...others] = Object.keys(jobs).filter((name) => jobs[name]?.needs === undefined);
    expect(others).toEqual([]);
    expect(jobs[first]?.steps.map(({ run = "" }) => run).join()).toContain("actions/workflows/ci.yml/runs");
    expect(jobs[first]?.permissions).toEqual({ actions: "read" });
  });

  it("starts the package by a path that npx takes for a package: one that begins with a slash it runs as a command", () => {
    const started = [...commandsOf("release.yml").matchAll(/\bnpx (?:--\S+ )*"?([^\s"]+)/g)].map(([, spec]) => spec);
    expect(started).toEqual(["./$package"]);
    expect(commandsOf("release.yml")).toContain("package=$(echo lapse-*.tgz)\n");
  });

  it("leaves no credentials where what it runs could read them", () => {
    const steps = Object.values(workflows.get("release.yml")?.jobs ?? {}).flatMap((job) => job.steps);
    const checkouts = steps.filter(({ uses = "" }) => uses.startsWith("actions/checkout@"));
    expect(checkouts.length).toBeGreaterThan(1);
    for (const { with: options } of checkouts) expect(options).toMatchObject({ "persist-credentials": false });
  });
});

describe("the checks on GitHub", () => {
  it("run every script that .ci does, but for those that need a cluster or logs that are not public files", async () => {
    const texts = await Promise.all(["run", "beside"].map((file) => readFile(join(root, ".ci", file), "utf8")));
    const here = scriptsIn(texts.join("\n"));
    const there = scriptsIn(commandsOf("ci.yml"));
    expect([...here].filter((script) => !there.has(script)).sort()).toEqual(["test:cluster", "test:data"]);
  });

  it("set all that the suites on real servers ask for, and the schemas that some tests are skipped without", async () => {
    const asked = await readFile(join(root, "test/servers/require-servers.ts"), "utf8");
    const names = [...asked.matchAll(/"([A-Z][A-Z0-9_]+)"/g)].map(([, name = ""]) => name);
    expect(names.length).toBeGreaterThan(10);
    const jobs = workflows.get("ci.yml")?.jobs;
    expect(Object.keys(jobs?.servers?.env ?? {})).toEqual(expect.arrayContaining([...names, "LAPSE_SCHEMAS"]));
    expect(jobs?.unit?.env).toHaveProperty("LAPSE_SCHEMAS");
  });
});
