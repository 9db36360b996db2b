import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));

/** What a suite prints, and whether it passes, without anything that it needs beyond Node. */
function run(project: string): Promise<{ readonly passed: boolean; readonly output: string }> {
  const args = ["run", "--config", "test/vitest.config.ts", "--project", project];
  const env = { PATH: process.env.PATH, CHROMIUM: "/nowhere/chromium" };
  return new Promise((resolve) => {
    execFile(process.execPath, [vitest, ...args], { cwd: root, env }, (error, stdout, stderr) =>
      resolve({ passed: error === null, output: stdout + stderr }),
    );
  });
}

it.each([
  ["servers", "need ELASTICSEARCH_URL, "],
  // By what Vitest has kept of the time before.
  ["servers", "need ELASTICSEARCH_URL, "],
  ["pages", "need Chromium at /nowhere/chromium"],
  ["cluster", "need KUBECONFIG"],
])("the suite %s fails and says so where it cannot run: it would %s", async (project, lack) => {
  const { passed, output } = await run(project);
  expect(passed).toBe(false);
  expect(output).toContain(lack);
  expect(output).toContain("nothing was tested");
});
