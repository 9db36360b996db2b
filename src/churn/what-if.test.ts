import { expect, it } from "vitest";
import { exampleManifest } from "#test/support/example-model.ts";
import type { UserDay } from "./user-history.ts";
import { whatIf } from "./what-if.ts";

const manifest = exampleManifest({ version: "v1" });
const { churnDays } = manifest.definition.churn;
const snapshot = 20_000;

function active(...ages: number[]): UserDay[] {
  return ages.map((age) => ({ day: snapshot - age, action: "login", count: 1, value: 0 }));
}

it("says that a visit makes leaving less likely, and silence more", () => {
  const found = whatIf(
    { userId: "ann", days: active(churnDays - 8, churnDays - 9, churnDays - 10) },
    snapshot,
    manifest,
  );
  if (found === undefined) throw new Error("nothing was predicted");
  const [now, visit, silence] = [found.now, found.visit, found.silence].map((one) =>
    "lapsed" in one ? Number.NaN : one.probability,
  );
  expect(visit).toBeLessThan(now ?? Number.NaN);
  expect(silence).toBeGreaterThan(now ?? Number.NaN);
  expect(found.action).toBe("login");
});

it("reads nothing from the snapshot on", () => {
  const past = active(5, 3);
  const later = [...past, { day: snapshot, action: "login", count: 50, value: 9 }];
  const userId = "ann";
  expect(whatIf({ userId, days: later }, snapshot, manifest)).toEqual(
    whatIf({ userId, days: past }, snapshot, manifest),
  );
});

it("tells that a user will have lapsed, and nothing of one who has done nothing yet", () => {
  expect(whatIf({ userId: "ann", days: active(churnDays - 2) }, snapshot, manifest)?.silence).toEqual({ lapsed: true });
  expect(whatIf({ userId: "ann", days: active(-1) }, snapshot, manifest)).toBeUndefined();
});
