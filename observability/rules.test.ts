import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import * as z from "zod";
import { alertsOf, type Rule, type RuleGroup, readRuleGroups } from "./read-rules.ts";

const promtool = process.env.PROMTOOL ?? "";
const amtool = process.env.AMTOOL ?? "";
const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));
const runbooks = join(here, "..", "docs", "runbooks");

const caseSchema = z.looseObject({
  tests: z.array(
    z.looseObject({
      name: z.string(),
      alert_rule_test: z.array(
        z.strictObject({
          alertname: z.string(),
          eval_time: z.string(),
          exp_alerts: z.array(z.strictObject({ exp_labels: z.record(z.string(), z.string()) })),
        }),
      ),
    }),
  ),
});

const groups = await readRuleGroups();
const alerts = alertsOf(groups);
const caseFiles = await readdir(join(here, "rules", "cases"));
const cases = await Promise.all(
  caseFiles.map(async (name) => ({
    name,
    content: caseSchema.parse(parse(await readFile(join(here, "rules", "cases", name), "utf8"))),
  })),
);
const evaluations = cases.flatMap(({ content }) => content.tests.flatMap((test) => test.alert_rule_test));

function forPrometheus(some: readonly RuleGroup[], told: (rule: Rule) => object = (rule) => rule): string {
  return stringify({ groups: some.map(({ name, rules }) => ({ name, rules: rules.map(told) })) });
}

/** The cases are about when an alert fires, not about its text. */
function withoutAnnotations(rule: Rule): object {
  return "alert" in rule ? { ...rule, annotations: {} } : rule;
}

/** The groups that record the series which these groups use. */
function neededBy(own: readonly RuleGroup[]): RuleGroup[] {
  const asked = own.flatMap(({ rules }) => rules.map(({ expr }) => expr)).join();
  return groups.filter(({ rules }) => rules.some((rule) => "record" in rule && asked.includes(rule.record)));
}

describe("the alerts", () => {
  it("each have a page of their own, which names three things to look at first", async () => {
    for (const { alert, annotations } of alerts) {
      expect(annotations.runbook_url).toBe(`docs/runbooks/${alert}.md`);
      const page = await readFile(join(runbooks, `${alert}.md`), "utf8");
      expect(page.startsWith(`# ${alert}\n`), alert).toBe(true);
      expect(page.match(/^\d\. /gm), alert).toEqual(["1. ", "2. ", "3. "]);
      expect(page.match(/```/g)?.length ?? 0, alert).toBeGreaterThanOrEqual(2);
    }
    const pages = (await readdir(runbooks)).map((name) => name.replace(/\.md$/, ""));
    expect(pages.sort()).toEqual([...new Set(alerts.map(({ alert }) => alert))].sort());
  });

  it("each fire in a case, with these labels, and do not in another", () => {
    for (const { alert, labels } of alerts) {
      const own = evaluations.filter(({ alertname }) => alertname === alert);
      const fired = own.flatMap(({ exp_alerts }) => exp_alerts.map(({ exp_labels }) => exp_labels));
      expect(fired, alert).toContainEqual(expect.objectContaining(labels));
      expect(
        own.some(({ exp_alerts }) => exp_alerts.length === 0),
        alert,
      ).toBe(true);
    }
  });
});

if (promtool === "") console.warn("PROMTOOL is not set to promtool: the rules are NOT checked and NOT tested.");

describe.skipIf(promtool === "")("the rules, by promtool", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "lapse-rules-"));
    await writeFile(join(folder, "rules.yaml"), forPrometheus(groups));
    for (const { name, content } of cases) {
      const own = groups.filter(({ file }) => `${file}.yaml` === name);
      const all = [...neededBy(own), ...own];
      await writeFile(join(folder, `rules-${name}`), forPrometheus(all, withoutAnnotations));
      // Recording rules first: by default the order differs from run to run.
      const settings = { rule_files: [`rules-${name}`], group_eval_order: all.map((group) => group.name) };
      await writeFile(join(folder, name), stringify({ ...settings, ...content }));
    }
  });

  afterAll(() => rm(folder, { recursive: true }));

  it("are what Prometheus takes", async () => {
    const { stdout } = await run(promtool, ["check", "rules", join(folder, "rules.yaml")]);
    expect(stdout).toContain(`SUCCESS: ${groups.flatMap(({ rules }) => rules).length} rules found`);
  });

  it.each(caseFiles)("fire when they should, and only then: %s", async (name) => {
    const { stdout } = await run(promtool, ["test", "rules", name], { cwd: folder }).catch((error) => {
      throw new Error(`${error.stdout}${error.stderr}`);
    });
    expect(stdout).toContain("SUCCESS");
    // It evaluates days of samples, perhaps on a busy machine.
  });
});

if (amtool === "") console.warn("AMTOOL is not set to amtool: the example of routing is NOT checked.");

describe.skipIf(amtool === "")("the example of routing, by amtool", () => {
  const config = join(here, "alertmanager", "alertmanager.yml");

  it("is what Alertmanager takes", async () => {
    const { stdout } = await run(amtool, ["check-config", config]);
    expect(stdout).toContain("SUCCESS");
  });

  it.each([
    ["critical", "on-call"],
    ["warning", "team"],
  ])("sends what is %s to %s", async (severity, receiver) => {
    const labels = ["alertname=LapsePredictorErrors", `severity=${severity}`];
    const { stdout } = await run(amtool, ["config", "routes", "test", `--config.file=${config}`, ...labels]);
    expect(stdout.trim()).toBe(receiver);
  });
});
