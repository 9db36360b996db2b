import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Stores, setUpStores } from "../open-stores.ts";
import { lastThresholds, recordThresholds, thresholdsThen } from "./list-thresholds.ts";

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
  const lists = [
    { snapshot: 20_000, modelVersion: "v1", at: 10, thresholds: { medium: 0.2, high: 0.5 }, by: "tenth" },
    { snapshot: 20_001, modelVersion: "v1", at: 20, thresholds: { medium: 0.2, high: 0.5 }, by: "tenth" },
    { snapshot: 20_001, modelVersion: "v1", at: 30, thresholds: { medium: 0.1, high: 0.2 }, by: "costs" },
  ] as const;
  for (const list of lists) await recordThresholds(audit, `run-${list.at}`, list);
  // An event that comes again.
  await recordThresholds(audit, "run-30", { ...lists[2], by: "capacity" });
  expect(await lastThresholds(audit)).toEqual(lists[2]);
  const then = await thresholdsThen(audit);
  expect(then(20_000, "v1")).toEqual({ medium: 0.2, high: 0.5 });
  expect(then(20_001, "v1")).toEqual({ medium: 0.1, high: 0.2 });
  expect(then(20_001, "v2")).toBeUndefined();
});
