import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { freePort } from "#test/support/free-port.ts";
import { RunningProgram } from "#test/support/running-program.ts";
import packageJson from "../../package.json" with { type: "json" };

const exec = promisify(execFile);
const file = `lapse-${packageJson.version}.tgz`;
/** npm installs DuckDB from its registry, and lapse learns from its synthetic log. */
const patient = 900_000;

let folder: string;
const running = new Set<RunningProgram>();

beforeAll(async () => {
  // As a folder of somebody's documents may be called.
  folder = join(await mkdtemp(join(tmpdir(), "lapse-package-")), "my data");
  await mkdir(folder);
  await exec(process.execPath, ["--import", "tsx", "scripts/package.ts"]);
  await exec("npm", ["pack", "--silent", "--pack-destination", folder, resolve("dist/package")]);
}, patient);

afterEach(async () => {
  // Not by SIGKILL: npx would leave lapse running for a moment, with the output that is waited for.
  await Promise.all([...running].map((program) => program.end()));
  running.clear();
}, patient);

afterAll(() => rm(resolve(folder, ".."), { recursive: true, force: true }));

/** The package as most people try it: in a folder that holds nothing else. */
function lapse(args: readonly string[], environment: Record<string, string> = {}): RunningProgram {
  const program = new RunningProgram("npx", ["--yes", `./${file}`, ...args], environment, folder);
  running.add(program);
  return program;
}

it("the package tells its version and its commands", { timeout: patient }, async () => {
  expect(await readdir(folder)).toEqual([file]);
  const version = lapse(["--version"]);
  expect(await version.ended).toBe(0);
  expect(version.lines).toEqual([packageJson.version]);
  const help = lapse(["--help"]);
  expect(await help.ended).toBe(0);
  expect(help.lines.join("\n")).toMatch(/Usage: lapse[\s\S]*\n {2}start [\s\S]*\n {2}import /);
});

it("the package starts, learns, predicts, takes a log, and stops", { timeout: patient }, async () => {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const started = lapse(["start"], { PORT: String(port) });
  await started.says(/^(Ready on )/);
  const lines = started.lines.join("\n");
  expect(lines).toMatch(/put into service/);
  const userId = /^ +(user-\d+) +\d+ %/m.exec(lines)?.[1];
  const asked = await fetch(`${url}/v1/models/churn:explain`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ instances: [{ user_id: userId }] }),
  });
  expect(await asked.json()).toMatchObject({ predictions: [{ user_id: userId, state: "here", risk: "high" }] });

  const written = lapse(["generate", "--out", "log.csv", "--users", "50", "--months", "2", "--seed", "other"]);
  expect(await written.ended).toBe(0);
  const imported = lapse(["import", "log.csv", "--to", url]);
  expect([await imported.ended, imported.messages]).toEqual([0, []]);
  expect(imported.lines.join("\n")).toMatch(/[\d,]+ new actions, 0 known already, 0 rejected/);

  expect(await (await fetch(`${url}/healthz`)).text()).toBeTruthy();
  await started.end();
  await expect
    .poll(() =>
      fetch(`${url}/healthz`).then(
        () => "there",
        () => "gone",
      ),
    )
    .toBe("gone");
  expect((await readdir(folder)).sort()).toEqual([".lapse", file, "log.csv"]);
});
