// Adds up vitest's JSON reports: node .ci/count.mjs FOLDER NAME…; a suite without a report, or without a test, has failed.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [folder, ...names] = process.argv.slice(2);
let passed = 0;
let failed = 0;
let skipped = 0;
for (const name of names) {
  const report = read(join(folder, `${name}.json`));
  passed += report.numPassedTests;
  failed += report.numFailedTests + (report.numTotalTests === 0 ? 1 : 0);
  skipped += report.numPendingTests;
  // A file that does not load fails without a test of its own.
  failed += report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
}
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 ? 1 : 0;

function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    console.error(`No report: ${error.message}`);
    return { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTotalTests: 1, testResults: [] };
  }
}
