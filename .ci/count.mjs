// Adds up what report.mjs wrote of each suite: node .ci/count.mjs FOLDER NAME…; FOLDER/failed-steps names what else has failed, a
// step per line, and FOLDER/steps what each took. The failures come last, since of a long output often only the end is shown, and the
// last line has the numbers.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [folder, ...names] = process.argv.slice(2);
const suites = names.map((name) => ({ name, ...read(join(folder, `${name}.json`)) }));

for (const { name, files } of suites) {
  if (files.length === 0) continue;
  console.log(`== slowest files: ${name}`);
  for (const { path, seconds } of files.toSorted((a, b) => b.seconds - a.seconds).slice(0, 10))
    console.log(`${seconds.toFixed(1).padStart(8)} s  ${path}`);
}

const took = linesOf("steps");
if (took.length > 0) console.log(["== what each step took", ...took].join("\n"));
const failedSteps = linesOf("failed-steps");
for (const step of failedSteps) console.log(`== failed: ${step}`);
for (const { name, failures } of suites)
  for (const failure of failures) {
    console.log(`== failed: ${name}  ${failure.name}`);
    for (const line of failure.message.split("\n").slice(0, 12)) console.log(`     ${line}`);
  }

const sum = (count) => suites.reduce((total, suite) => total + count(suite), 0);
const skipped = sum((suite) => suite.skipped);
// What fails outside of a test, such as a file that does not load, is one failure more.
const failed = sum((suite) => suite.failures.length);
console.log(`${sum((suite) => suite.passed)} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed + failedSteps.length > 0 ? 1 : 0;

/** None if there is no such file. */
function linesOf(name) {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
}

/** A suite without a report, or without a test, has failed. */
function read(path) {
  let report = { passed: 0, skipped: 0, files: [], failures: [] };
  try {
    report = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    report.failures.push({ name: "no report", message: error.message });
  }
  if (report.passed + report.skipped + report.failures.length === 0)
    report.failures.push({ name: "no test", message: "Nothing was run." });
  return report;
}
