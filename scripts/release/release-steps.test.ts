import { execFile } from "node:child_process";
import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import packageJson from "../../package.json" with { type: "json" };

// The commands of the workflow as it has them, which otherwise run for the first time when a release is made.

const root = fileURLToPath(new URL("../..", import.meta.url));
const workflow = z
  .object({ jobs: z.record(z.string(), z.object({ steps: z.array(z.object({ run: z.string().optional() })) })) })
  .parse(parse(await readFile(join(root, ".github/workflows/release.yml"), "utf8")));
const commands = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ run = [] }) => run));

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-release-"));
  for (const name of ["package.json", "CHANGELOG.md"]) await copyFile(join(root, name), join(folder, name));
});

afterEach(() => rm(folder, { recursive: true }));

/** Runs the one step of the workflow that has this text, as GitHub runs it. Returns what it left in its files. */
async function step(text: string, environment: Readonly<Record<string, string>>) {
  const [command = "", ...others] = commands.filter((run) => run.includes(text));
  expect([command, others]).toEqual([expect.stringContaining(text), []]);
  const files = { GITHUB_ENV: join(folder, "env"), GITHUB_OUTPUT: join(folder, "output") };
  for (const file of Object.values(files)) await writeFile(file, "");
  const path = `${folder}:${process.env.PATH}`;
  const env = { ...process.env, PATH: path, GITHUB_REPOSITORY: "Example/Lapse", ...files, ...environment };
  await promisify(execFile)("bash", ["-e", "-c", command], { cwd: folder, env });
  const [set, output] = await Promise.all(Object.values(files).map((file) => readFile(file, "utf8")));
  return { set, output };
}

const tag = `v${packageJson.version}`;

describe("a release", { timeout: 60_000 }, () => {
  it("is made of a tag that has the version of the package, with entries in the changelog", async () => {
    const check = (name: string) => step('test "$GITHUB_REF_NAME" =', { GITHUB_REF_NAME: name });
    expect(await check(tag)).toMatchObject({ set: `VERSION=${packageJson.version}\n` });
    for (const other of ["v0.0.0", packageJson.version, `${tag}.1`]) await expect(check(other)).rejects.toThrow();
    const changes = await readFile(join(folder, "CHANGELOG.md"), "utf8");
    await writeFile(join(folder, "CHANGELOG.md"), changes.replace(`## [${packageJson.version}]`, "## [Unreleased]"));
    await expect(check(tag)).rejects.toThrow();
  });

  it("is made of a commit only that is on main and whose checks have passed there", async () => {
    const check = async (runs: readonly object[]) => {
      await writeFile(join(folder, "runs.json"), JSON.stringify({ workflow_runs: runs }));
      // As GitHub's own, which hands the response to jq.
      const gh = `#!/bin/sh\nprintf "%s\\n" "$@" >called\nwhile [ "$1" != --jq ]; do shift; done\njq -r "$2" runs.json\n`;
      await writeFile(join(folder, "gh"), gh);
      await chmod(join(folder, "gh"), 0o755);
      await step("actions/workflows/ci.yml/runs", { GITHUB_SHA: "0a1b" });
      return readFile(join(folder, "called"), "utf8");
    };
    const passed = { head_branch: "main", status: "completed", conclusion: "success" };
    expect(await check([passed])).toContain(
      "repos/Example/Lapse/actions/workflows/ci.yml/runs?head_sha=0a1b&event=push",
    );
    await expect(check([])).rejects.toThrow();
    await expect(check([{ ...passed, conclusion: "failure" }])).rejects.toThrow();
    await expect(check([{ ...passed, head_branch: "other" }])).rejects.toThrow();
    await expect(check([{ ...passed, status: "in_progress", conclusion: null }])).rejects.toThrow();
    // Run again after it had failed: the newest run is first.
    await check([passed, { ...passed, conclusion: "failure" }]);
    await expect(check([{ ...passed, conclusion: "failure" }, passed])).rejects.toThrow();
  });

  it("names its image in small letters, as registries want it", async () => {
    expect(await step("image=ghcr.io/", {})).toMatchObject({ output: "image=ghcr.io/example/lapse\n" });
  });

  it("tells the entries of its own version, whole, and the image", async () => {
    const gh = join(folder, "gh");
    await writeFile(gh, '#!/bin/sh\nprintf "%s\\n" "$@" >called\n');
    await chmod(gh, 0o755);
    const image = `ghcr.io/example/lapse@sha256:${"0a".repeat(32)}`;
    await step("gh release create", { GITHUB_REF_NAME: tag, IMAGE: image });
    const [called, notes, changes] = await Promise.all(
      ["called", "notes.md", "CHANGELOG.md"].map((name) => readFile(join(folder, name), "utf8")),
    );
    expect(called?.split("\n").slice(0, 3)).toEqual(["release", "create", tag]);
    const [, own = ""] = changes?.split(new RegExp(`^## \\[${packageJson.version}\\].*\\n`, "m")) ?? [];
    expect(notes).toBe(`${own.slice(0, own.indexOf("\n## [") + 1)}\nImage: \`${image}\`\n`);
  });
});
