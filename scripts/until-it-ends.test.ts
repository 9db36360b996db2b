import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { RunningProgram } from "#test/support/running-program.ts";

it.each([
  { work: "new Promise(() => undefined)", status: 13, says: "ended before its work was done" },
  { work: "Promise.resolve()", status: 0, says: "" },
  { work: "new Promise((resolve) => setTimeout(resolve, 10))", status: 0, says: "" },
  { work: 'Promise.reject(new Error("broken"))', status: 1, says: "broken" },
  { work: 'new Promise(() => setTimeout(() => { throw new Error("broken"); }))', status: 1, says: "broken" },
])("ends with status $status where the work is $work", async ({ work, status, says }) => {
  const url = pathToFileURL(resolve("scripts/until-it-ends.ts")).href;
  const source = `import { untilItEnds } from ${JSON.stringify(url)}; void untilItEnds(${work}, process);`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", source];
  const program = new RunningProgram(process.execPath, args);
  expect(await program.ended).toBe(status);
  const told = program.messages.join("\n");
  if (says === "") expect(told).toBe("");
  else expect(told).toContain(says);
});
