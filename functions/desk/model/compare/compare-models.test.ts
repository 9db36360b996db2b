import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startOf } from "#churn/day.ts";
import { costsOf } from "#runtime/cost-settings.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { exampleModel } from "#test/support/example-model.ts";
import { compareModels } from "./compare-models.ts";

const today = 19_784;
const [a, b] = ["v1", "v2"].map((version) => exampleModel({ version }).manifest);
let folder: string;
let stores: Stores;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-compare-"));
  stores = await setUpStores({ dataDir: folder }, () => 0);
});

afterEach(async () => {
  await stores.close();
  await rm(folder, { recursive: true });
});

/** What users did this many days ago, and for how much. */
async function acted(...actions: readonly [userId: string, daysAgo: number, value?: number][]): Promise<void> {
  await stores.actions.append(
    actions.map(([userId, daysAgo, value]) => ({
      ...{ userId, action: "purchase", time: startOf(today - daysAgo) },
      ...(value !== undefined && { value }),
    })),
  );
  await stores.actions.rollUp();
}

async function ruleWith(costs: Parameters<typeof costsOf>[0]) {
  const { rules } = await compareModels(a!, b!, { ...stores, costs: costsOf(costs) });
  expect(rules.b).toEqual(rules.a);
  return rules.a;
}

it("calls users at risk from where a contact pays at what they are worth on average, by the values of actions", async () => {
  // In a churn window of 30 days: 30 in 90 days are 10, and of who is there for less than a window it is all.
  await acted(["ann", 100, 5], ["ann", 1, 30], ["ben", 15, 20]);
  const costs = { CONTACT_COST: 0.6, SAVE_RATE: 0.1 };
  expect(await ruleWith(costs)).toMatchObject({
    by: "costs",
    thresholds: { high: expect.closeTo(0.6 / (0.1 * 15), 9) },
  });
  expect(await ruleWith({ ...costs, WORTH_WINDOWS: 2 })).toMatchObject({
    thresholds: { high: expect.closeTo(0.6 / (0.1 * 30), 9) },
  });
  // Whatever the actions say.
  expect(await ruleWith({ ...costs, USER_WORTH: 12 })).toMatchObject({ thresholds: { high: expect.closeTo(0.5, 9) } });
});

it("keeps the tenth where costs are set, but the actions carry no values", async () => {
  await acted(["ann", 100], ["ann", 1], ["ben", 15]);
  expect(await ruleWith({ CONTACT_COST: 0.6 })).toEqual({ by: "no-values", thresholds: a?.thresholds });
  expect(await ruleWith({ CONTACT_CAPACITY: 2 })).toEqual({ by: "tenth", thresholds: a?.thresholds });
});
