import * as z from "zod";
import { functionsOfGroups } from "./functions-of-groups.ts";
import { type MetricGroup, metricGroups } from "./groups.ts";

/** The page docs/metrics.md, generated from the code in `root`. */
export async function metricsPage(root: string): Promise<string> {
  const functions = await functionsOfGroups(root);
  const sections = metricGroups.map((group) => section(group, functions.get(group.file) ?? []));
  return [introduction(functions.get("push.ts") ?? []), ...sections].join("\n");
}

/** `sleeping` are the functions that sleep at zero. */
const introduction = (sleeping: readonly string[]) => `# Metrics

Generated from the code by \`npm run regenerate\`; do not edit it.

Every function serves its metrics at \`/metrics\`, \`npm start\` those of all functions together. Functions that sleep at
zero (${sleeping.join(", ")}, and training as a Job) push theirs, except those of the process,
to a Pushgateway after each event if \`PUSHGATEWAY_URL\` is set, under \`job="lapse"\` and \`function="NAME"\`; scrape it
with \`honor_labels: true\`. After a success, a push replaces what was there; after a failure, it adds to it, so that the
time of the last success is kept.

Times are in seconds since 1970. A metric of a time, or of the last run's result, is absent until there is one.
Labels have a small, fixed set of values: routes are patterns, unknown event types are \`other\`, and features are those of
the champion. Only \`version\` is open-ended, with one series at a time.
`;

const metricSchema = z.object({
  name: z.string(),
  help: z.string(),
  type: z.string(),
  labelNames: z.array(z.string()),
});

function section({ heading, make }: MetricGroup, functions: readonly string[]): string {
  const metrics = z.array(metricSchema).parse(make().getMetricsAsArray());
  const rows = metrics.map(({ name, type, labelNames, help }) => {
    const labels = labelNames.map((label) => `\`${label}\``).join(", ");
    return `| \`${name}\` | ${type} | ${labels} | ${help.replaceAll("|", "\\|")} |`;
  });
  return [
    `## ${heading}`,
    "",
    functions.length === 0 ? "Of `npm start` alone." : `Functions: ${functions.join(", ")}.`,
    "",
    "| metric | type | labels | |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}
