import { describe, expect, it } from "vitest";
import type { Decision } from "#churn/gate/decision.ts";
import type { ListTotals } from "#stores/users/user-list.ts";
import { exampleManifest } from "#test/support/example-model.ts";
import { listedUser } from "#test/support/listed-user.ts";
import { renderToday } from "./page.ts";
import type { TodayView } from "./view.ts";

const none: ListTotals = {
  ...{ here: 0, slipping: 0, at_risk: 0, lapsed: 0, valueAtRisk: 0 },
  moved: { entered: 0, calmed: 0, lost: 0 },
};
const champion = exampleManifest({ version: "v1" });
const taken = { at: Date.UTC(2026, 0, 4, 4, 31), place: "/backups/one", failure: undefined, everyDays: 1 };
const sound: TodayView["backups"] = { taken, failed: undefined, dueAt: taken.at + 86_400_000, isLate: false };

function pageWith(
  decision: Partial<Decision>,
  harm: Partial<
    Pick<TodayView, "standsInFor" | "damaged" | "deadLetters" | "troubles" | "backups" | "features" | "extent">
  > = {},
  totals: Partial<ListTotals> = {},
  isFirstList = false,
): string {
  const newest = exampleManifest({ version: "v2", decision: { ...champion.decision, promoted: false, ...decision } });
  return renderToday({
    ...{ reader: undefined, extent: undefined, features: undefined, totals: { ...none, ...totals } },
    ...{ standsInFor: undefined, damaged: [], deadLetters: 0 },
    ...{ troubles: { failed: [], drift: undefined }, backups: sound, ...harm },
    ...{
      champion,
      isFirstList,
      risk: { thresholds: { medium: 0.1, high: 0.2 }, by: "costs" },
      ...{ versions: [newest, champion], allVersions: 12 },
      mostAtRisk: [listedUser("ann", { probability: 0.75, risk: "high" })],
      mostWorth: [],
      next: [{ name: "train", at: Date.UTC(2026, 0, 6, 2, 30) }],
      now: Date.UTC(2026, 0, 5),
      calledAs: "DATA_DIR=shop npx lapse",
      promises: { newest: undefined, shown: [], shadow: [], next: undefined },
    },
  });
}

it("tells the line to paste where a version stands in for a damaged one", () => {
  expect(pageWith({}, { standsInFor: "v0" })).toContain("<code>DATA_DIR=shop npx lapse models promote VERSION</code>");
});

describe("the page", () => {
  it("says of how many versions it shows the newest", () => {
    expect(pageWith({})).toContain("These are the newest 2 of 12: ");
  });

  it("says from which probability on users are at risk, and why", () => {
    expect(pageWith({}, {}, { here: 3 })).toContain(
      "from a probability of 20\u00a0%: from there on, contacting a user of average value pays",
    );
  });

  it("says loudly what a version stands in for, and which cannot be read", () => {
    const page = pageWith({}, { standsInFor: "version v9, which cannot be read", damaged: ["v9"] });
    expect(page).toContain("Version v1 stands in for version v9, which cannot be read.");
    expect(page).toContain("Damaged, and of no use until their files are restored: v9.");
    expect(pageWith({})).not.toContain('role="alert"');
  });

  it("says that nothing is promoted while the newest data look broken, and why", () => {
    const frozen: Decision["frozen"] = [{ cause: "volume", verdict: "there were 50 % of the usual actions" }];
    const told = "No model is promoted while the newest data look broken: there were 50\u00a0% of the usual actions.";
    expect(pageWith({ champion: "v1", frozen })).toContain(told);
    expect(pageWith({ champion: "v1", frozen: [] })).not.toContain("look broken");
    // Another version was put into service since.
    expect(pageWith({ champion: "v0", frozen })).not.toContain("look broken");
  });

  it("counts users by state, with what is at risk, and who came and went", () => {
    const totals = { here: 2_609, slipping: 609, at_risk: 261, lapsed: 1_320, valueAtRisk: 1_041.2 };
    const page = pageWith({}, {}, { ...totals, moved: { entered: 12, calmed: 1, lost: 0 } });
    for (const text of ["2,609", "609", "261", "1,320", "1,041"]) expect(page).toContain(text);
    expect(page).toContain("Next: train at 2026-01-06 02:30 UTC.");
    expect(page).toContain('<a href="/users?moved=entered">12 users</a> have come to be at risk');
    // Of a log that ended long ago, tomorrow brings no other.
    expect(pageWith({}, {}, totals, true)).toContain("This is the first list: that of a later day tells");
    expect(page).toContain('<a href="/users?moved=calmed">1 user</a> is at low risk again and 0 users have lapsed.');
    expect(page).toContain(
      "The value at risk is that of the users at risk: what each was worth in a churn window lately, times the probability",
    );
  });

  it("tells of runs that failed, and of probabilities that have drifted from those of the version in service", () => {
    const failed = {
      ...{ at: Date.UTC(2026, 0, 5, 2, 31), name: "train", cause: "dev.lapse.ping", hasFailed: true, seconds: 3 },
      details: { failure: "StoreUnavailable (unavailable)" },
    };
    const drift = { at: 1, version: "v1", probability: 0.312, features: [["days_since_last", 0.4]] as const };
    const page = pageWith({}, { troubles: { failed: [failed], drift } });
    expect(page).toContain("The last run of train failed at 2026-01-05 02:31 UTC: StoreUnavailable (unavailable).");
    const early = { ...failed, details: { failure: "The log is too short to learn from. Collect for longer." } };
    const young = pageWith({}, { troubles: { failed: [early], drift: undefined } });
    expect(young).toContain("UTC: The log is too short to learn from. Collect for longer. <a");
    expect(page).toContain("the population stability index is 0.31. What has moved most: days since the last action.");
    const calm = pageWith({}, { troubles: { failed: [], drift: { ...drift, version: "v0" } } });
    for (const text of ["failed at", "stability index"]) expect(calm).not.toContain(text);
  });

  it("tells of a backup that failed or is late, and of when the last one was taken", () => {
    const failed = { ...taken, at: Date.UTC(2026, 0, 5, 4, 32), failure: "StoreUnavailable (unavailable)" };
    const last = "The last one was taken at 2026-01-04 04:31 UTC.";
    expect(pageWith({}, { backups: { ...sound, failed, isLate: true } })).toContain(
      `The backup of 2026-01-05 04:32 UTC failed: StoreUnavailable (unavailable). ${last}`,
    );
    expect(pageWith({}, { backups: { ...sound, taken: undefined, failed } })).toContain("None was taken before.");
    expect(pageWith({}, { backups: { ...sound, isLate: true } })).toContain(`The next backup is late. ${last}`);
    expect(pageWith({})).not.toContain("backup");
  });

  it("tells of events that could not be delivered, and of a list that is old although actions arrive", () => {
    expect(pageWith({}, { deadLetters: 2 })).toContain("2 events could not be delivered.");
    const features = {
      ...{ id: "s", snapshot: 20_454 - 3, populations: [], names: [] },
      definition: champion.definition,
    };
    const extent = { actions: 9, users: 1, firstDay: 20_000, lastDay: 20_458 };
    expect(pageWith({}, { features, extent })).toContain("The list is 7\u00a0days old");
    expect(pageWith({}, { features, extent: { ...extent, lastDay: 20_400 } })).not.toContain("days old");
    expect(pageWith({}, { features: { ...features, snapshot: 20_457 }, extent })).not.toContain("days old");
  });
});
