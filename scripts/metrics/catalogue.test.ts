import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { functions } from "#local/functions.ts";
import { metricsPage } from "./catalogue.ts";
import { metricGroups } from "./groups.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
let page: string;

beforeAll(async () => {
  page = await metricsPage(root);
});

describe("docs/metrics.md", () => {
  it("is what the code says (npm run regenerate)", async () => {
    const committed = await readFile(join(root, "docs", "metrics.md"), "utf8");
    // What is known of a process differs from system to system; the page is made on Linux.
    const comparable = (text: string) =>
      process.platform === "linux" ? text : text.slice(0, text.indexOf("## The process"));
    expect(comparable(page)).toBe(comparable(committed));
  });

  it("has every group of metrics that there is, each in some function", async () => {
    const support = ["push.ts", "quality.ts", "quick-counter.ts", "quick-histogram.ts", "unset-gauge.ts"];
    const files = (await readdir(join(root, "src", "runtime", "metrics"))).filter((name) => !name.includes("test."));
    expect(metricGroups.map(({ file }) => file).sort()).toEqual(files.filter((name) => !support.includes(name)).sort());
    expect(page).not.toContain("Functions: .");
  });

  it("tells who has what: a function that no CloudEvents come to counts none", () => {
    const functionsOf = (heading: string) => new RegExp(`## ${heading}\n\nFunctions: (.*)\\.`).exec(page)?.[1];
    expect(functionsOf("Drift")).toBe("monitor");
    expect(functionsOf("Predictions")).toBe("predict");
    const others = ["desk", "predict"];
    const events = functions.map(({ name }) => name).filter((name) => !others.includes(name));
    expect(functionsOf("Events")).toBe(events.sort().join(", "));
  });

  it("names counters, and nothing else, with _total at the end", () => {
    const described = z.object({ name: z.string(), type: z.string() });
    for (const { make } of metricGroups)
      for (const metric of make().getMetricsAsArray()) {
        const { name, type } = described.parse(metric);
        expect([name, name.endsWith("_total")]).toEqual([name, type === "counter"]);
      }
  });

  it("names each metric once, all under lapse_", () => {
    const names = [...page.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(50);
    expect(new Set(names).size).toBe(names.length);
    expect(names.every((name) => name?.startsWith("lapse_"))).toBe(true);
  });
});
