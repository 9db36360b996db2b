import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startOf } from "#churn/day.ts";
import { type Stores, setUpStores } from "../open-stores.ts";
import { lastThresholds, recordThresholds, thresholdsOfList, thresholdsThen } from "./list-thresholds.ts";

let folder: string;
let stores: Stores;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-thresholds-"));
  stores = await setUpStores({ dataDir: folder }, () => 0);
});

afterEach(async () => {
  await stores.close();
  await rm(folder, { recursive: true });
});

it("tells by which thresholds each list called users at risk, of one that was made again the last", async () => {
  const { audit } = stores;
  expect(await lastThresholds(audit)).toBeUndefined();
  expect(await thresholdsOfList(audit, { snapshot: 20_000, modelVersion: "v1" })).toBeUndefined();
  const lists = [
    {
      snapshot: 20_000,
      modelVersion: "v1",
      at: startOf(20_000) + 10,
      thresholds: { medium: 0.2, high: 0.5 },
      by: "tenth",
    },
    {
      snapshot: 20_001,
      modelVersion: "v1",
      at: startOf(20_000) + 20,
      thresholds: { medium: 0.2, high: 0.5 },
      by: "tenth",
    },
    {
      snapshot: 20_001,
      modelVersion: "v1",
      at: startOf(20_000) + 30,
      thresholds: { medium: 0.1, high: 0.2 },
      by: "costs",
    },
  ] as const;
  for (const list of lists) await recordThresholds(audit, `run-${list.at}`, list);
  // An event that comes again.
  await recordThresholds(audit, `run-${lists[2].at}`, { ...lists[2], by: "capacity" });
  expect(await lastThresholds(audit)).toEqual(lists[2]);
  // Of the list that is shown, also while the next one is being made.
  const shown = await thresholdsOfList(audit, { snapshot: 20_000, modelVersion: "v1" });
  expect(shown).toEqual(lists[0]);
  expect(await thresholdsOfList(audit, undefined)).toEqual(lists[2]);
  // Of the list that was whole last, where the first row is of one that is not, or never will be.
  for (const rest of [
    { snapshot: 20_002, modelVersion: "v1" },
    { snapshot: 20_001, modelVersion: "v2" },
  ])
    expect(await thresholdsOfList(audit, rest)).toEqual(lists[2]);
  const then = await thresholdsThen(audit, 20_000);
  expect(then(20_000, "v1")).toEqual({ medium: 0.2, high: 0.5 });
  expect(then(20_001, "v1")).toEqual({ medium: 0.1, high: 0.2 });
  expect(then(20_001, "v2")).toBeUndefined();
});

it("leaves out what cannot be read, and keeps the lists of two days that one run has made apart", async () => {
  const { audit } = stores;
  const made = {
    at: startOf(20_001),
    thresholds: { medium: 0.2, high: 0.5 },
    by: "costs",
    modelVersion: "v1",
  } as const;
  for (const snapshot of [20_000, 20_001]) await recordThresholds(audit, "run", { ...made, snapshot });
  const odd = { id: "odd", at: made.at + 1, action: "thresholds.set", who: "x", from: "y" };
  await audit.append({ ...odd, details: { snapshot: "2024-10-04", by: "a later way" } });
  expect(await lastThresholds(audit)).toMatchObject({ by: "costs" });
  const then = await thresholdsThen(audit, 20_000);
  expect([then(20_000, "v1"), then(20_001, "v1")]).toEqual([made.thresholds, made.thresholds]);
});
