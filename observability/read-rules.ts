import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import * as z from "zod";

const folder = fileURLToPath(new URL("rules/", import.meta.url));

const ruleSchema = z.union([
  z.strictObject({ record: z.string(), expr: z.string(), labels: z.record(z.string(), z.string()).optional() }),
  z.strictObject({
    alert: z.string(),
    expr: z.string(),
    for: z.string().optional(),
    labels: z.strictObject({ severity: z.enum(["critical", "warning"]), window: z.string().optional() }),
    annotations: z.strictObject({ summary: z.string(), description: z.string(), runbook_url: z.string() }),
  }),
]);

const resourceSchema = z.object({
  kind: z.literal("PrometheusRule"),
  spec: z.object({ groups: z.array(z.strictObject({ name: z.string(), rules: z.array(ruleSchema) })) }),
});

export type Rule = z.infer<typeof ruleSchema>;
export type AlertRule = Extract<Rule, { alert: string }>;

export interface RuleGroup {
  readonly name: string;
  /** The name of its file, without `.yaml`. */
  readonly file: string;
  readonly rules: readonly Rule[];
}

/** The groups of every PrometheusRule in rules/, as Prometheus reads them. */
export async function readRuleGroups(): Promise<RuleGroup[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".yaml")).sort();
  const resources = await Promise.all(files.map(async (name) => parse(await readFile(`${folder}${name}`, "utf8"))));
  return resources.flatMap((resource, i) =>
    resourceSchema
      .parse(resource)
      .spec.groups.map((group) => ({ ...group, file: (files[i] ?? "").replace(".yaml", "") })),
  );
}

export function alertsOf(groups: readonly RuleGroup[]): AlertRule[] {
  return groups.flatMap(({ rules }) => rules.filter((rule) => "alert" in rule));
}
