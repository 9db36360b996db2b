import { Counter, Histogram, Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { randomFrom } from "#churn/random.ts";
import { QuickCounter } from "./quick-counter.ts";
import { QuickHistogram } from "./quick-histogram.ts";

const buckets = [0.1, 0.25, 0.5, 1];

describe("QuickHistogram", () => {
  it.each([
    {
      labelled: "with labels",
      all: [
        { route: "/a", function: "one" },
        { route: '/"b"', function: "two" },
      ],
    },
    { labelled: "without labels", all: [{}] },
  ])("is exposed as prom-client's own, $labelled, at the bounds and beyond them too", async ({ all }) => {
    const configuration = { name: "seconds", help: "Some", labelNames: Object.keys(all[0] ?? {}), buckets };
    const [ours, theirs] = [new Registry(), new Registry()];
    const quick = new QuickHistogram({ ...configuration, registers: [ours] });
    const own = new Histogram({ ...configuration, registers: [theirs] });
    const random = randomFrom("quick histogram");
    const values = [...buckets, 0, 2, ...Array.from({ length: 200 }, () => 1.5 * random())];
    for (const labels of all) {
      const series = quick.series(labels);
      for (const value of values) {
        series.observe(value);
        own.observe(labels, value);
      }
    }
    expect(await ours.metrics()).toBe(await theirs.metrics());
    expect(await ours.metrics()).toBe(await theirs.metrics());
    const [read] = await ours.getMetricsAsJSON();
    expect(read).toMatchObject({ name: "seconds", type: "histogram" });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "refuses %d as prom-client does, and counts nothing",
    async (value) => {
      const configuration = { name: "seconds", help: "Some", labelNames: [], buckets };
      const [ours, theirs] = [new Registry(), new Registry()];
      const series = new QuickHistogram({ ...configuration, registers: [ours] }).series();
      const own = new Histogram({ ...configuration, registers: [theirs] });
      expect(() => own.observe(value)).toThrow(TypeError);
      expect(() => series.observe(value)).toThrow(TypeError);
      expect(await ours.metrics()).toBe(await theirs.metrics());
    },
  );

  it("begins at zero when it is reset, and counts on as prom-client's own", async () => {
    const configuration = { name: "seconds", help: "Some", labelNames: [], buckets };
    const [ours, theirs] = [new Registry(), new Registry()];
    const series = new QuickHistogram({ ...configuration, registers: [ours] }).series();
    const own = new Histogram({ ...configuration, registers: [theirs] });
    const observe = (value: number) => {
      series.observe(value);
      own.observe(value);
    };
    for (const value of [0.2, 3]) observe(value);
    for (const registry of [ours, theirs]) registry.resetMetrics();
    // Where prom-client's own shows no series until the next observation.
    expect(await ours.metrics()).toMatch(/\nseconds_bucket\{le="\+Inf"\} 0\nseconds_sum 0\nseconds_count 0\n/);
    observe(0.3);
    expect(await ours.metrics()).toBe(await theirs.metrics());
  });
});

describe("QuickCounter", () => {
  it("is exposed as prom-client's own, with the series that have counted something", async () => {
    const configuration = { name: "things_total", help: "Some", labelNames: ["kind"] as const };
    const [ours, theirs] = [new Registry(), new Registry()];
    const quick = new QuickCounter({ ...configuration, registers: [ours] });
    const own = new Counter({ ...configuration, registers: [theirs] });
    const [large, small] = [quick.series({ kind: "large" }), quick.series({ kind: "small" })];
    quick.series({ kind: "none" });
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 5; i++) {
        large.add();
        own.inc({ kind: "large" });
      }
      small.add();
      own.inc({ kind: "small" });
      expect(await ours.metrics()).toBe(await theirs.metrics());
    }
  });
});
