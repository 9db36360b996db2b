import { Registry } from "prom-client";
import { expect, it } from "vitest";
import type { Action } from "#churn/action.ts";
import { actionMetrics } from "#runtime/metrics/actions.ts";
import { rehearseAction } from "./rehearsal.ts";

it("takes an action with the store ready for it, but stores, counts and logs nothing", async () => {
  const unexpected = () => {
    throw new Error("something is left of it");
  };
  const metrics = new Registry();
  const counting = actionMetrics(metrics);
  const before = await metrics.metrics();
  const appended: unknown[] = [];
  const append = async (actions: readonly Action[]) => {
    appended.push(actions);
    return [];
  };
  const response = await rehearseAction({
    actions: { append },
    contacts: { append: unexpected, optOut: unexpected },
    now: Date.now,
    metrics: counting,
    logger: { info: unexpected, warn: unexpected },
    mostItems: 10,
  });
  expect(response.status).toBe(200);
  expect(JSON.parse(String(response.body))).toMatchObject({ accepted: 1, created: 1, rejected_total: 0 });
  expect(await metrics.metrics()).toBe(before);
  expect(appended).toEqual([[]]);
});
