import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatDay, parseDay, startOf } from "#churn/day.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { NightTally } from "#churn/promises/night-tally.ts";
import { costsOf } from "#runtime/cost-settings.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { exampleArtifact } from "#test/support/example-artifact.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { generateActions } from "../generate/generate-actions.ts";
import { compare } from "./compare.ts";

const endDay = parseDay("2024-06-30")!;
const night = endDay - 40;
let folder: string;
let stores: Stores;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-compare-"));
  stores = await setUpStores({ dataDir: folder }, () => 1_000);
  for (const actions of generateActions({ users: 300, months: 8, endDay, seed: 3 }))
    await stores.actions.append(actions);
  await stores.actions.rollUp();
  for (const [version, making] of [
    ["v1", "first"],
    ["v2", "a second one, with another intercept"],
    ["v3", "first"],
  ] as const) {
    const artifact = exampleArtifact(version, making);
    const { test, training, proof } = artifact.manifest;
    // v3 learned from the outcomes of the test that the others were judged on.
    const snapshots = version === "v3" ? [formatDay(endDay - 35)] : training.snapshots;
    const manifest: ModelManifest = {
      ...artifact.manifest,
      training: { ...training, snapshots },
      proof: proof && { ...proof, snapshots },
      test: { ...test, snapshots: [formatDay(endDay - 60), formatDay(endDay - 40), formatDay(endDay)] },
      segments: [
        {
          by: "tenure",
          feature: "days_since_first",
          edges: [100],
          words: ["first 100 days", "more than 100 days since the first action"],
          bands: [],
        },
      ],
    };
    await stores.models.publish({ ...artifact, manifest });
  }
});

afterAll(async () => {
  await stores.close();
  await rm(folder, { recursive: true });
});

function compareAt(a: string, b: string, costs: Parameters<typeof costsOf>[0] = {}) {
  return compare(a, b, { ...stores, costs: costsOf(costs) });
}

describe("lapse models compare", () => {
  it("calls at risk whom each version would on a list of today: by its tenth, or by costs and capacity", async () => {
    expect(await compareAt("v1", "v2")).toMatch(/\nA: Users are at risk from .* the riskiest tenth/);
    const capped = await compareAt("v1", "v2", { CONTACT_COST: 0, USER_WORTH: 1, CONTACT_CAPACITY: 12 });
    for (const version of ["A", "B"]) expect(capped).toMatch(new RegExp(`\n${version}: .* can be contacted`));
    const high = (column: number) =>
      ["low", "medium", "high"].reduce(
        (sum, risk) =>
          sum + Number(new RegExp(`^A ${risk} +(\\d+) +(\\d+) +(\\d+)`, "m").exec(capped)?.[column] ?? Number.NaN),
        0,
      );
    expect(high(3)).toBeLessThanOrEqual(12);
    const paying = await compareAt("v1", "v2", { CONTACT_COST: 1, USER_WORTH: 100 });
    expect(paying).toMatch(/\nB: Users are at risk from a probability of 10.*contacting a user of average value pays/);
  });

  it("tells who is in another class of risk, and which is better on snapshots that neither had learned from", async () => {
    const text = await compareAt("v1", "v2");
    expect(text).toMatch(/^A is v1, learned up to: proof 20.*, serving 20.*; B is v2/);
    expect(text).toMatch(/Of \d+ users who are here on 2024-0[67]-\d\d, \d+ \(.* %\) are in another class of risk:/);
    // At risk are those of high risk, as on the list.
    const byTenure = [...text.matchAll(/^tenure: .*? +(\d+) +([\d.]+) % +([\d.]+) %$/gm)];
    const ofA = (risk: string) =>
      (new RegExp(String.raw`^A ${risk} +(\d+) +(\d+) +(\d+)$`, "m").exec(text) ?? [])
        .slice(1)
        .reduce((sum, one) => sum + Number(one), 0);
    expect(byTenure).toHaveLength(2);
    expect(ofA("medium")).toBeGreaterThan(10);
    // But for shares that are rounded to whole per cent.
    const atRisk = byTenure.reduce((sum, [, users, a]) => sum + (Number(users) * Number(a)) / 100, 0);
    expect(Math.abs(atRisk - ofA("high"))).toBeLessThan(2);
    // The churn window of the third is not over.
    expect(text).toMatch(/on 2 test snapshots \(2024-05-01 to 2024-05-21\) that neither had learned from/);
    // Left over promised, at risk and AUC of both, recency alone, and the difference in log loss: each with its interval.
    const interval = (figure: string) => String.raw`${figure} \(${figure}\sto\s${figure}\)`;
    const [ratio, share, auc] = [String.raw`\d+\.\d\d`, String.raw`[\d.]+\s%`, String.raw`[01]\.\d{3}`].map(interval);
    const figures = [`A ${ratio}, B ${ratio}`, `A ${share}, B ${share}`, `A ${auc}, B ${auc}, ${auc}`].join(" +");
    expect(text).toMatch(new RegExp(String.raw`\nall +\d+ +\d+ +${figures} +${interval(String.raw`[+-]?0\.\d{4}`)} `));
    expect(text).toContain("The ledger has no night yet that both have scored");
  });

  it("does not judge on what one of them has learned from", async () => {
    expect(await compareAt("v1", "v3")).toContain("There is no test snapshot after everything that both have learned");
  });

  it("compares what was served, or scored in shadow, once it is judged", async () => {
    const users = new Set<string>();
    for await (const { userId } of stores.actions.histories({ before: night })) users.add(userId);
    const scores = [...users].flatMap((userId, i) => [
      { userId, modelVersion: "v1", role: "champion" as const, probability: 0.2 },
      { userId, modelVersion: "v2", role: "challenger" as const, probability: i % 3 === 0 ? 0.9 : 0.1 },
    ]);
    await stores.ledger.append(scores.map((score) => ({ ...score, snapshot: night, state: "here" as const })));
    await stores.ledger.appendOutcomes(
      scores.map(({ userId, modelVersion }) => ({
        userId,
        modelVersion,
        snapshot: night,
        churned: [...users].indexOf(userId) % 3 === 0,
      })),
    );
    expect(await compareAt("v1", "v2")).toContain("The ledger has no night yet");
    await stores.ledger.appendNights(
      (["v1", "v2"] as const).map((modelVersion) => ({
        snapshot: night,
        modelVersion,
        role: modelVersion === "v1" ? ("champion" as const) : ("challenger" as const),
        addedAt: 1,
        night: new NightTally().night(),
      })),
    );
    const text = await compareAt("v1", "v2");
    expect(text).toContain(`As served, or in shadow: 1 night that both have scored since ${formatDay(night)}.`);
    const served = text.slice(text.indexOf("As served"));
    expect(served).toMatch(new RegExp(`all +${users.size} .* B is better`));
  });

  it("leaves out users whom a campaign treated in the churn window, also one that began later, as training does", async () => {
    const everyone = await compareAt("v1", "v2");
    const users: string[] = [];
    const scored: string[] = [];
    for await (const { userId } of stores.actions.histories()) users.push(userId);
    for await (const { userId } of stores.actions.histories({ before: night })) scored.push(userId);
    const startsAt = startOf(night + 3);
    const spring = exampleCampaign({ controlShare: 0.5, windowDays: 10, startsAt, lastAssignedAt: startsAt });
    const arms = users.map((userId, n) => ({
      userId,
      arm: n % 2 === 0 ? ("treatment" as const) : ("control" as const),
    }));
    await stores.campaigns.create(spring);
    await stores.campaigns.assign(
      spring,
      arms.map((one) => ({ ...one, assignedAt: startsAt, covariates: [], outcomes: [] })),
    );
    await stores.campaigns.freeze("spring");
    const text = await compareAt("v1", "v2");
    await stores.campaigns.remove("spring");
    /** Rows, and how many of them left. */
    const served = (words: string) =>
      /\nall +(\d+) +(\d+)/
        .exec(words.slice(words.indexOf("As served")))
        ?.slice(1, 3)
        .map(Number);
    // Of the control group alone, each counts twice.
    const control = [...scored.entries()].filter(([, userId]) =>
      arms.some((one) => one.userId === userId && one.arm === "control"),
    );
    expect(served(everyone)).toEqual([scored.length, Math.ceil(scored.length / 3)]);
    expect(served(text)).toEqual([2 * control.length, 2 * control.filter(([n]) => n % 3 === 0).length]);
  });

  it("refuses versions that predict other things", async () => {
    const artifact = exampleArtifact("other");
    const { definition } = artifact.manifest;
    const churn = { ...definition.churn, churnDays: 60 };
    await stores.models.publish({
      ...artifact,
      manifest: { ...artifact.manifest, definition: { ...definition, churn } },
    });
    await expect(compareAt("v1", "other")).rejects.toThrow(/by different definitions/);
    await expect(compareAt("v1", "missing")).rejects.toThrow(/missing/);
  });
});
