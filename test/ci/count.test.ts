import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RunningProgram } from "#test/support/running-program.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-count-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs test files, and writes the report of a suite. */
async function run(suite: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const args = ["run", "--globals", "--root", folder, "--maxWorkers=1", "--reporter", resolve(".ci/report.mjs")];
  const program = new RunningProgram(
    process.execPath,
    [resolve("node_modules/vitest/vitest.mjs"), ...args, ...Object.keys(files)],
    { LAPSE_REPORT: join(folder, `${suite}.json`) },
  );
  await program.ended;
}

/** Writes the report of a suite as it would be. */
function report(suite: string, told: object): Promise<void> {
  const whole = { passed: 0, skipped: 0, files: [], failures: [], ...told };
  return writeFile(join(folder, `${suite}.json`), JSON.stringify(whole));
}

/** What is said of suites, and the exit status. */
async function count(...suites: string[]): Promise<{ lines: readonly string[]; status: number | null }> {
  const program = new RunningProgram(process.execPath, [resolve(".ci/count.mjs"), folder, ...suites]);
  const status = await program.ended;
  return { lines: program.lines, status };
}

it("adds up what passed and what was left out, and tells the slowest files first", async () => {
  const [a, b] = ["a.test.ts", "b.test.ts"].map((path, i) => ({ path, seconds: 10 * i + 0.25 }));
  await report("one", { passed: 2, skipped: 1, files: [a, b] });
  await report("other", { passed: 3, files: [a] });
  const { lines, status } = await count("one", "other");
  expect(lines).toEqual([
    "== slowest files: one",
    "    10.3 s  b.test.ts",
    "     0.3 s  a.test.ts",
    "== slowest files: other",
    "     0.3 s  a.test.ts",
    "5 passed, 0 failed, 1 skipped",
  ]);
  expect(status).toBe(0);
});

it("names each failure of a test, of a hook, of a file, and of what no test waited for, before the last line", async () => {
  await run("broken", {
    "asserted.test.js": "describe('a part', () => it('is as it should be', () => expect('this').toBe('that')));",
    "hook.test.js":
      "describe('a hook', () => { beforeAll(() => { throw new Error('no server'); }); it('waits', () => {}); });",
    "unloaded.test.js": "import './absent.js';",
    "unhandled.test.js":
      "it('ends too soon', () => { Promise.reject(new Error('too late')); }); it.skip('is for later', () => {});",
  });
  await report("sound", { passed: 1, files: [{ path: "a.test.ts", seconds: 1 }] });
  const { lines, status } = await count("broken", "sound");
  const failures = lines.slice(lines.findIndex((line) => line.startsWith("== failed"))).join("\n");
  for (const told of [
    /^== failed: broken {2}asserted\.test\.js > a part > is as it should be\n {5}AssertionError: expected 'this' to be 'that'/m,
    /^== failed: broken {2}hook\.test\.js > a hook\n {5}Error: no server/m,
    /^== failed: broken {2}unloaded\.test\.js\n {5}Error: .*absent\.js/m,
    /^== failed: broken {2}outside of tests\n {5}Error: too late/m,
  ])
    expect(failures).toMatch(told);
  expect(lines.at(-1)).toBe("2 passed, 4 failed, 2 skipped");
  expect(status).toBe(1);
});

it("takes a suite that did not report, or ran nothing, for a failure", async () => {
  await report("empty", {});
  const { lines, status } = await count("absent", "empty");
  expect(lines.filter((line) => line.startsWith("==")).map((line) => line.slice(11))).toEqual([
    "absent  no report",
    "empty  no test",
  ]);
  expect(lines.at(-1)).toBe("0 passed, 2 failed");
  expect(status).toBe(1);
});

it("tells what each step took", async () => {
  await report("sound", { passed: 1 });
  const step = "   39 s, processors  96 % busy  npm run check";
  await writeFile(join(folder, "steps"), `${step}\n`);
  const { lines } = await count("sound");
  await rm(join(folder, "steps"));
  expect(lines).toEqual(["== what each step took", step, "1 passed, 0 failed"]);
});

it("tells the steps that failed though no test did, and fails with them", async () => {
  await report("sound", { passed: 1 });
  await writeFile(join(folder, "failed-steps"), "npm run check\nactionlint was not installed\n");
  const { lines, status } = await count("sound");
  expect(lines).toEqual(["== failed: npm run check", "== failed: actionlint was not installed", "1 passed, 0 failed"]);
  expect(status).toBe(1);
});
