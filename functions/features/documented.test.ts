import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { featuresUnder, parseFeature } from "#churn/features/catalogue.ts";

it("every kind of feature is described in docs/model.md", async () => {
  const docs = await readFile(new URL("../../docs/model.md", import.meta.url), "utf8");
  const described = new Set([...docs.matchAll(/`(\w+)`/g)].map(([, name = ""]) => parseFeature(name)?.kind));
  const churn = { churnDays: 30, leadDays: 0, observeDays: 60 };
  for (const { kind } of featuresUnder({ churn, actions: ["login"] })) expect(described, kind).toContain(kind);
});
