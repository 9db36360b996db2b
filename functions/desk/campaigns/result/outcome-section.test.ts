import { expect, it } from "vitest";
import type { Arm } from "#churn/campaign/campaign.ts";
import type { CampaignResult } from "#churn/campaign/result.ts";
import { CampaignTally } from "#churn/campaign/tally.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { outcomeSection } from "./outcome-section.ts";

/** A result of users in two arms, of whom `leaves` tells who left; the windows of `waiting` more are open. */
function resultOf(sizes: Readonly<Record<Arm, number>>, leaves: (i: number) => boolean, waiting = 0): CampaignResult {
  const tally = new CampaignTally(exampleCampaign(), [{ name: "left", kind: "share", good: "less" }]);
  const known = { assignedAt: 0, covariates: [], outcomes: [] };
  for (const arm of ["treatment", "control"] as const)
    for (let i = 0; i < sizes[arm]; i++) tally.add({ userId: `${arm}-${i}`, arm, ...known }, [leaves(i) ? 1 : 0]);
  for (let i = 0; i < waiting; i++) tally.add({ userId: `open-${i}`, arm: "treatment", ...known }, undefined);
  return tally.result();
}

const textOf = (result: CampaignResult) => outcomeSection(result.outcomes[0]!, result, 0).markup;

it("tells how many more would have been needed where a campaign has ended with too few", () => {
  const sizes = { treatment: 80, control: 19 };
  const told = "Too few to tell: 0 more in the treatment and 11 more in the control group would have been needed";
  const text = textOf(resultOf(sizes, (i) => i % 2 === 0));
  expect(text).toContain(told);
  for (const untold of ["interval", "<svg", "Users kept", "Of those who would have left"])
    expect(text).not.toContain(untold);
  expect(textOf(resultOf(sizes, (i) => i % 2 === 0, 5))).toContain("Too few to tell yet: fewer than 30 users");
});

it("tells the difference that can be found where none left, once all windows have closed, and always an interval", () => {
  for (const waiting of [0, 10]) {
    const text = textOf(resultOf({ treatment: 40, control: 40 }, () => false, waiting));
    if (waiting === 0) expect(text).toMatch(/a true difference of [1-9][\d.]+ points is found/);
    else expect(text).not.toContain("a true difference");
    expect(text).toMatch(/interval −[1-9][\d.]+ points to \+[1-9][\d.]+ points/);
  }
});

it("calls a share that came with a file by its own name, and tells of no one who was kept", () => {
  const gained = (name: string, good: "more" | "less") => {
    const tally = new CampaignTally(exampleCampaign(), [{ name, kind: "share", good }]);
    const known = { assignedAt: 0, covariates: [], outcomes: [] };
    for (const arm of ["treatment", "control"] as const)
      for (let i = 0; i < 400; i++)
        tally.add({ userId: `${arm}-${i}`, arm, ...known }, [
          i % 4 === 0 || (i % 2 === 0 && (arm === "treatment") === (good === "more")) ? 1 : 0,
        ]);
    return textOf(tally.result());
  };
  expect(gained("learned", "more")).toContain("better than not. Users with “learned” because of it: 100 (");
  expect(gained("complaints", "less")).toContain("better than not. Users without “complaints” because of it: 100 (");
  expect(gained("left", "less")).toContain("Users kept: 100 (");
  for (const text of [gained("learned", "more"), gained("complaints", "less")])
    for (const untold of ["kept", "would have left"]) expect(text).not.toContain(untold);
});
