// A reporter of vitest: writes what count.mjs reads into the file that LAPSE_REPORT names. Vitest's own JSON report leaves out
// the errors of hooks, and those that no test waited for.
import { writeFileSync } from "node:fs";

export default class Report {
  onTestRunEnd(modules, unhandledErrors) {
    const report = { passed: 0, skipped: 0, files: [], failures: [] };
    for (const module of modules) {
      report.files.push({ path: module.relativeModuleId, seconds: module.diagnostic().duration / 1000 });
      for (const part of [module, ...module.children.allSuites()])
        for (const error of part.errors()) report.failures.push({ name: nameOf(part), message: messageOf(error) });
      for (const test of module.children.allTests()) {
        const { state, errors = [] } = test.result();
        if (state === "failed") report.failures.push({ name: nameOf(test), message: errors.map(messageOf).join("\n") });
        else if (state === "passed") report.passed++;
        else report.skipped++;
      }
    }
    for (const error of unhandledErrors) report.failures.push({ name: "outside of tests", message: messageOf(error) });
    writeFileSync(process.env.LAPSE_REPORT, JSON.stringify(report));
  }
}

function nameOf(part) {
  return part.type === "module" ? part.relativeModuleId : `${part.module.relativeModuleId} > ${part.fullName}`;
}

function messageOf({ name = "Error", message, stacks = [], diff }) {
  const places = stacks.slice(0, 2).map(({ file, line }) => `at ${file}:${line}`);
  return [`${name}: ${message}`, ...places, ...(diff ? [diff] : [])].join("\n");
}
