import type { Outcomes } from "#churn/metrics/evaluate.ts";
import type { Evaluation } from "#churn/model/manifest.ts";
import type { ThreadProgram } from "#runtime/thread/thread-program.ts";

// Node 20 runs no TypeScript, and a thread does not take over the loader of a test runner.
const loader = import.meta.resolve("tsx/esm/api");
const main = new URL("main.ts", import.meta.url).href;

/** How main.ts runs from the sources. A bundle has the code of main.ts itself here (scripts/build/thread-inside.mjs). */
export const program: ThreadProgram<readonly Outcomes[], Evaluation[]> = {
  code: `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(main)}); });`,
};
