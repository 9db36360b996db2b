import { expect, it } from "vitest";
import type { LogExtent } from "#stores/actions/action-store.ts";
import { describeLog } from "./describe-log.ts";

const told = (extent: LogExtent | undefined) =>
  describeLog({ extent: async () => extent }, { sources: ["shop.csv", "app.ndjson"] });

it("tells what a start goes on with", async () => {
  expect(await told({ actions: 1_234, users: 1_000, firstDay: 20_000, lastDay: 20_099 })).toBe(
    "Using what is stored: 1,234 actions of 1,000 users, 2024-10-04 to 2025-01-11 (shop.csv, app.ndjson).",
  );
  expect(await told(undefined)).toBe("No actions are stored yet.");
});

it("speaks of one user and one action as of one", async () => {
  expect(await told({ actions: 1, users: 1, firstDay: 20_000, lastDay: 20_000 })).toContain("1 action of 1 user, ");
});
