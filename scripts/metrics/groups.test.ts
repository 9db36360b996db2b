import { expect, it } from "vitest";
import * as z from "zod";
import { metricGroups } from "./groups.ts";

const described = z.object({ name: z.string(), type: z.string() });

it("has metrics whose names end in _total if they are counters, and only then", () => {
  for (const { make } of metricGroups)
    for (const metric of make().getMetricsAsArray()) {
      const { name, type } = described.parse(metric);
      expect([name, name.endsWith("_total")]).toEqual([name, type === "counter"]);
    }
});
