import { describe, expect, it } from "vitest";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { randomFrom } from "../random.ts";
import { armOf } from "./arm.ts";
import type { Assignment } from "./campaign.ts";
import { endOf, windowEnd } from "./campaign.ts";
import { noEstimates } from "./judge-outcome.ts";
import { keptBy, overAll } from "./over-all.ts";
import type { OutcomeResult } from "./result.ts";
import { CampaignTally } from "./tally.ts";

const day = 86_400_000;
const campaign = exampleCampaign({ covariates: ["tenure"], startsAt: 0, lastAssignedAt: 0, createdAt: 0 });
const left = { name: "left", kind: "share", good: "less" } as const;

/** Users of whom half leave, and a third less when treated. */
function audience(count: number): { assignment: Assignment; outcome: number }[] {
  const random = randomFrom("audience");
  return Array.from({ length: count }, (_, i) => {
    const userId = `user-${i}`;
    const arm = armOf(campaign.id, userId, campaign.controlShare);
    const probability = 0.2 + 0.6 * random();
    const outcome = Number(random() < probability * (arm === "treatment" ? 2 / 3 : 1));
    const covariates = [Math.floor(500 * random())];
    return { assignment: { userId, arm, assignedAt: 0, probability, covariates, outcomes: [] }, outcome };
  });
}

describe("CampaignTally", () => {
  it("finds what a treatment does, by assignment", () => {
    const tally = new CampaignTally(campaign, [left]);
    for (const { assignment, outcome } of audience(4_000)) tally.add(assignment, [outcome]);
    const { sizes, isFinal, balance, outcomes } = tally.result();
    expect(sizes.treatment + sizes.control).toBe(4_000);
    expect(isFinal).toBe(true);
    expect(balance.isMismatch).toBe(false);
    // The value is known of no one, so it is not compared.
    expect(balance.covariates.map(({ name, isOff }) => [name, isOff])).toEqual([
      ["score", false],
      ["tenure", false],
    ]);
    const [result] = outcomes;
    expect(result?.verdict).toBe("better");
    expect(result!.adjusted!.low).toBeLessThan(-1 / 6);
    expect(result!.adjusted!.high).toBeGreaterThan(-1 / 6);
    expect(result!.saveRate!.low).toBeLessThan(1 / 3);
    expect(result!.saveRate!.high).toBeGreaterThan(1 / 3);
    expect(result!.gained!.value).toBeCloseTo(-result!.adjusted!.value * sizes.treatment, 9);
    expect(result?.more).toBeUndefined();
  });

  it("waits for the windows that are open, with a wider interval", () => {
    const users = audience(1_000);
    const [running, ended] = [new CampaignTally(campaign, [left]), new CampaignTally(campaign, [left])];
    for (const [i, { assignment, outcome }] of users.entries()) {
      running.add(assignment, i < 500 ? [outcome] : undefined);
      if (i < 500) ended.add(assignment, [outcome]);
    }
    const [first, second] = [running.result(), ended.result()];
    expect(first.isFinal).toBe(false);
    // Its interval holds at one look only.
    expect(first.outcomes[0]!.saveRate).toBeUndefined();
    expect(second.outcomes[0]!.saveRate).toBeDefined();
    expect(first.closed.treatment + first.closed.control).toBe(500);
    const [a, b] = [first.outcomes[0]!.adjusted!, second.outcomes[0]!.adjusted!];
    expect(a.value).toBe(b.value);
    expect((a.high - a.low) / (b.high - b.low)).toBeGreaterThan(1.4);
  });

  it("says how many more are needed where nothing can be told", () => {
    const tally = new CampaignTally(campaign, [left]);
    for (const [i, { assignment }] of audience(200).entries()) tally.add(assignment, [i % 5 < 2 ? 1 : 0]);
    const [result] = tally.result().outcomes;
    expect(result?.verdict).toBe("open");
    expect(result!.more!.treatment).toBeGreaterThan(0);
    expect(result!.more!.treatment / result!.more!.control).toBeCloseTo(
      result!.sizes.treatment / result!.sizes.control,
      0,
    );
    expect(result!.detectable!).toBeGreaterThan(1.96 * result!.adjusted!.error);
  });

  it("tells nothing of fewer than 30 users in an arm but how they fared", () => {
    for (const isOpen of [true, false]) {
      const tally = new CampaignTally(campaign, [left]);
      const users = audience(120);
      for (const { assignment, outcome } of users) tally.add(assignment, [outcome]);
      const [first] = users;
      if (isOpen && first !== undefined) tally.add({ ...first.assignment, userId: "open" }, undefined);
      const [result] = tally.result().outcomes;
      expect(result!.sizes.control).toBeLessThan(30);
      expect(result).toMatchObject({ treatment: expect.any(Number), control: expect.any(Number), ...noEstimates });
    }
  });

  it("has no result of empty arms, and none of outcomes that are missing", () => {
    const empty = new CampaignTally(campaign, [left]).result();
    expect(empty.outcomes[0]).toMatchObject({ verdict: "too few", difference: undefined, gained: undefined });
    const tally = new CampaignTally(campaign, [left]);
    for (const { assignment, outcome } of audience(400)) tally.add(assignment, [outcome === 1 ? null : outcome]);
    const [result] = tally.result().outcomes;
    expect(result!.sizes.treatment).toBeLessThan(320);
    expect(result!.treatment).toBe(0);
  });

  it("adjusts nothing where hardly anyone left, and where all did the same", () => {
    for (const least of [0, 0.97]) {
      const tally = new CampaignTally(campaign, [left]);
      for (const { assignment } of audience(2_000))
        tally.add(assignment, [least === 0 || (assignment.probability ?? 0) > least ? 1 : 0]);
      const [result] = tally.result().outcomes;
      expect(result?.adjusted).toBeUndefined();
      expect(result?.verdict).toBe("open");
    }
  });

  it("tells arms that were not divided by chance", () => {
    const tally = new CampaignTally(campaign, [left]);
    for (const { assignment, outcome } of audience(2_000)) {
      // Of the control group, those are lost who had not been there for long.
      if (assignment.arm === "control" && assignment.covariates[0]! < 200) continue;
      tally.add(assignment, [outcome]);
    }
    const { balance } = tally.result();
    expect(balance.isMismatch).toBe(true);
    expect(balance.covariates.find(({ name }) => name === "tenure")?.isOff).toBe(true);
  });
});

describe("windows", () => {
  it("are of whole days from the first that begins with or after the assignment", () => {
    expect(windowEnd(0, 30)).toBe(30 * day);
    expect(windowEnd(1, 30)).toBe(31 * day);
    expect(endOf({ lastAssignedAt: 5 * day - 1, windowDays: 7 })).toBe(12 * day);
  });
});

describe("overAll", () => {
  it("adds campaigns up by the month of their end", () => {
    const tally = new CampaignTally(campaign, [left]);
    for (const { assignment, outcome } of audience(2_000)) tally.add(assignment, [outcome]);
    const result = tally.result();
    const { gained, saveRate } = result.outcomes[0]!;
    const ends = ["2026-03-31", "2026-04-01", "2026-04-30"].map((date) => ({
      endedAt: Date.parse(date),
      outcomes: [],
      result,
    }));
    const all = overAll(ends.reverse());
    expect(all.months.map(({ month, campaigns }) => [month, campaigns])).toEqual([
      ["2026-03", 1],
      ["2026-04", 2],
    ]);
    expect(all.kept.value).toBeCloseTo(3 * gained!.value, 9);
    expect(all.kept.error).toBeCloseTo(Math.sqrt(3) * gained!.error, 9);
    expect(all.saveRate!.value).toBeCloseTo(saveRate!.value, 9);
    expect(all.saveRate!.error).toBeLessThan(saveRate!.error);
    // None left in either arm, as it was once recorded: with an error of 0.
    const none = new CampaignTally(campaign, [left]);
    for (const { assignment } of audience(200)) none.add(assignment, [0]);
    const told = none.result();
    const outcomes = told.outcomes.map((one) => ({ ...one, gained: { ...one.gained!, error: 0 } }));
    const withNone = overAll([
      ...ends,
      { endedAt: Date.parse("2026-05-01"), outcomes: [], result: { ...told, outcomes } },
    ]);
    expect(withNone.kept.error).toBeGreaterThan(all.kept.error + 0.1);
    expect(withNone.months[2]?.kept.low).toBeLessThan(-1);
    expect(overAll([])).toMatchObject({ months: [], saveRate: undefined, value: undefined, rated: 0, tooFew: 0 });
    // Of too few users, nothing is added.
    const few = new CampaignTally(campaign, [left]);
    for (const { assignment, outcome } of audience(60)) few.add(assignment, [outcome]);
    const withFew = overAll([...ends, { endedAt: Date.parse("2026-05-01"), outcomes: [], result: few.result() }]);
    expect(withFew).toEqual({ ...all, tooFew: 1 });
  });

  it("counts who was kept and what users were worth, and nothing of outcomes that came with a file", () => {
    const stayed = { name: "retained", kind: "share", good: "more" } as const;
    const worth = { name: "value", kind: "amount", good: "more" } as const;
    const [own, imported] = [new CampaignTally(campaign, [left, worth]), new CampaignTally(campaign, [stayed])];
    for (const { assignment, outcome } of audience(2_000)) {
      own.add(assignment, [outcome, 10 * (1 - outcome)]);
      imported.add(assignment, [1 - outcome]);
    }
    const endedAt = Date.parse("2026-03-31");
    const ended = { endedAt, outcomes: [], result: own.result() };
    const all = overAll([ended, { endedAt, outcomes: [stayed], result: imported.result() }]);
    const [{ gained: kept, saveRate }, { gained: value }] = ended.result.outcomes as [OutcomeResult, OutcomeResult];
    expect(all.kept.value).toBeCloseTo(kept!.value, 9);
    expect([all.imported, all.months[0]?.treated]).toEqual([1, ended.result.sizes.treatment]);
    expect(all.months).toHaveLength(1);
    for (const { value: sum } of [all, ...all.months]) expect(sum!.value).toBeCloseTo(value!.value, 9);
    // What was measured elsewhere may be of anything: it tells nothing of what a contact keeps.
    expect(all.rated).toBe(1);
    expect(all.saveRate!.value).toBeCloseTo(saveRate!.value, 9);
    const none = { months: [], saveRate: undefined, value: undefined, rated: 0, imported: 1 };
    expect(overAll([{ ...ended, outcomes: [stayed] }])).toMatchObject(none);
    const [measured, underWay] = [{ ...ended, outcomes: [stayed] }, { outcomes: [] }];
    expect([{ ...ended, outcomes: [] }, measured, underWay].map(keptBy)).toEqual([kept, undefined, undefined]);
  });

  it("keeps in the save rate those campaigns of which no one left in one arm, with little weight", () => {
    const ended = (leaves: (assignment: Assignment, outcome: number) => number, count: number) => {
      const tally = new CampaignTally(campaign, [left]);
      for (const { assignment, outcome } of audience(count)) tally.add(assignment, [leaves(assignment, outcome)]);
      return { endedAt: 0, outcomes: [], result: tally.result() };
    };
    const large = ended((_, outcome) => outcome, 4_000);
    const small = ended(({ arm }, outcome) => (arm === "treatment" ? 0 : outcome), 300);
    const silent = ended(() => 0, 300);
    const [alone, both] = [overAll([large]), overAll([large, small, silent])];
    expect([alone.rated, both.rated]).toEqual([1, 2]);
    expect(small.result.outcomes[0]!.saveRate!.value).toBeGreaterThan(0.9);
    expect(both.saveRate!.value).toBeGreaterThan(alone.saveRate!.value);
    expect(both.saveRate!.low).toBeLessThan(alone.saveRate!.value);
    expect(silent.result.outcomes[0]!.saveRate).toBeUndefined();
  });
});
