import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { dayOf } from "#churn/day.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { dropMonths } from "./drop-months.ts";

let folder: string;
let stores: Stores;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-retain-"));
  stores = await setUpStores({ dataDir: folder }, () => Date.UTC(2026, 6, 1));
});

afterEach(async () => {
  await stores.close();
  await rm(folder, { recursive: true });
});

it("drops old months of actions and of the ledger, each from a month of its own", async () => {
  const times = [0, 1, 2, 3].map((month) => Date.UTC(2026, month, 15));
  await stores.actions.append(times.map((time) => ({ userId: "ann", action: "login", time })));
  await stores.actions.rollUp();
  const score = { userId: "ann", modelVersion: "v1", role: "champion", state: "here", probability: 0.5 } as const;
  await stores.ledger.append(times.map((time) => ({ ...score, snapshot: dayOf(time) })));
  await stores.contacts.append(times.map((time) => ({ userId: "ann", time })));
  const kept = { actionsFrom: dayOf(Date.UTC(2026, 2, 1)), ledgerFrom: dayOf(Date.UTC(2026, 1, 1)) };
  expect(await dropMonths(stores, kept)).toEqual([
    "Deleted 2 actions and 2 user-days before 2026-03-01.",
    "Deleted 1 ledger entries and 0 outcomes before 2026-02-01.",
    "Deleted 0 assignments to campaigns that ended before 2026-03-01, and 2 contacts before it.",
  ]);
  expect((await stores.actions.extent())?.actions).toBe(2);
  expect(await stores.ledger.entriesOf("ann")).toHaveLength(3);
});
