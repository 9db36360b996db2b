import { describe, expect, it } from "vitest";
import { type Campaigns, logNormal, simulateCampaigns } from "#test/support/simulated-campaigns.ts";
import type { MeasuredOutcome } from "./campaign.ts";
import { judgeOutcome } from "./judge-outcome.ts";
import type { OutcomeResult } from "./result.ts";
import { UserTable } from "./user-table.ts";

const left: MeasuredOutcome = { name: "left", kind: "share", good: "less" };
const spent: MeasuredOutcome = { name: "spent", kind: "amount", good: "more" };

interface Simulation {
  readonly outcome: MeasuredOutcome;
  readonly users: number;
  /** What the treatment changes the share of those who leave, or the mean, by. */
  readonly effect: number;
  readonly looks: number;
  readonly runs: number;
  /** The share that leaves untreated, by the score where it is not given; or that spends, 0.4 where it is not given. */
  readonly rate?: number;
  /** Of those who spend, most spend little and some very much. */
  readonly hasLargest?: boolean;
}

/** Simulates campaigns with a fifth in the control group, and returns what is shown at each look of each. */
function simulate({ outcome, effect, rate, hasLargest, ...campaigns }: Simulation): OutcomeResult[][] {
  const shown = simulateCampaigns({ ...campaigns, outcomes: [outcome] }, ({ isTreated, score }, random) => {
    const change = isTreated ? effect : 0;
    if (outcome.kind === "share") return [Number(random() < (rate ?? 0.1 + 0.5 * score) + change)];
    // Amounts are skewed: most spend nothing, some much. Those treated spend as much, but more of them do.
    const spends = Math.floor(random() + (rate ?? 0.4) + change / meanSpent);
    return [spends * (hasLargest ? logNormal(meanSpent, 1, random) : -20 * Math.log(1 - random()) + 40 * score)];
  });
  return shown.map((looks) => looks.flat());
}

/** Of those who spend at all: 20 and 40 times a score, which is the square of a number from 0 to 1. */
const meanSpent = 20 + 40 / 3;

function shareOf<Item>(items: readonly Item[], is: (item: Item) => boolean): number {
  return items.filter(is).length / items.length;
}

function isCalled({ verdict }: OutcomeResult): boolean {
  return verdict === "better" || verdict === "worse";
}

describe("the interval of a campaign that has ended", () => {
  it.each([
    { outcome: left, effect: -0.05 },
    { outcome: spent, effect: 2 },
  ])("holds the truth in 95 of 100 campaigns, of $outcome.kind", ({ outcome, effect }) => {
    const ended = simulate({ outcome, users: 600, effect, looks: 1, runs: 1_200 }).map(([shown]) => shown!);
    for (const estimate of ["difference", "adjusted"] as const) {
      const covered = shareOf(ended, (one) => one[estimate]!.low <= effect && effect <= one[estimate]!.high);
      expect(covered).toBeGreaterThan(0.935);
      // Intervals of amounts are widened where a few users spend much.
      expect(covered).toBeLessThan(outcome.kind === "share" ? 0.965 : 0.98);
    }
    const errorOf = (estimate: "difference" | "adjusted") =>
      ended.reduce((sum, one) => sum + one[estimate]!.error, 0) / ended.length;
    expect(errorOf("adjusted")).toBeLessThan(errorOf("difference"));
  });

  it("finds a treatment that does nothing better or worse in about 5 of 100 or fewer", () => {
    const ended = simulate({ outcome: left, users: 400, effect: 0, looks: 1, runs: 2_000 });
    const wrong = shareOf(ended, ([shown]) => isCalled(shown!));
    expect(wrong).toBeLessThan(0.062);
  });
});

describe("the interval of a campaign that is under way", () => {
  const runs = 700;
  /** Two standard errors of a share of 5 % of this many campaigns. */
  const luck = 2 * Math.sqrt((0.05 * 0.95) / runs);
  const looks = 16;

  it("holds the truth at every look together in 95 of 100 campaigns", () => {
    for (const [outcome, effect] of [
      [left, -0.08],
      [spent, 4],
    ] as const) {
      const campaigns = simulate({ outcome, users: 800, effect, looks, runs });
      const told = campaigns.map((shown) => shown.filter(({ verdict }) => verdict !== "too few"));
      for (const estimate of ["difference", "adjusted"] as const) {
        // While few have left, nothing is adjusted.
        const holds = ({ [estimate]: one }: OutcomeResult) => !one || (one.low <= effect && effect <= one.high);
        expect(shareOf(told, (shown) => shown.slice(0, -1).every(holds))).toBeGreaterThan(0.99);
        // The last look, when all windows have closed, is one of them.
        expect(shareOf(told, (shown) => shown.every(holds))).toBeGreaterThan(0.95 - luck);
      }
    }
  });

  it("says that a treatment without effect helps or harms at no look, in 95 of 100 campaigns", () => {
    for (const outcome of [left, spent]) {
      const campaigns = simulate({ outcome, users: 800, effect: 0, looks, runs });
      expect(shareOf(campaigns, (shown) => shown.slice(0, -1).some(isCalled))).toBeLessThan(0.01);
      // Nor does one err more often who looks each time, and at the end as well.
      expect(shareOf(campaigns, (shown) => shown.some(isCalled))).toBeLessThan(0.05 + luck);
    }
  });

  it("does what the interval for a single look does not", () => {
    const campaigns = simulate({ outcome: left, users: 800, effect: 0, looks, runs: 300 });
    const fools = ({ adjusted, verdict }: OutcomeResult) =>
      adjusted !== undefined && verdict !== "too few" && Math.abs(adjusted.value) > 1.96 * adjusted.error;
    expect(shareOf(campaigns, (shown) => shown.some(fools))).toBeGreaterThan(0.15);
  });

  it("finds a large effect before the end", () => {
    const campaigns = simulate({ outcome: left, users: 800, effect: -0.2, looks, runs: 100 });
    expect(
      shareOf(campaigns, (shown) => shown.slice(0, -1).some(({ verdict }) => verdict === "better")),
    ).toBeGreaterThan(0.7);
  });
});

describe("where hardly anyone leaves", () => {
  it.each([200, 300, 500])("the interval holds the truth at every look and at the end, of %i users", (users) => {
    for (const effect of [0, 0.01, 0.04]) {
      const campaigns = simulate({ outcome: left, users, effect, rate: 0.01, looks: 10, runs: 600 });
      const holds = ({ difference }: OutcomeResult) =>
        difference === undefined || (difference.low <= effect && effect <= difference.high);
      const running = campaigns.map((shown) => shown.slice(0, -1).filter(({ verdict }) => verdict !== "too few"));
      expect(shareOf(running, (shown) => shown.every(holds))).toBeGreaterThan(0.95);
      expect(shareOf(campaigns, (shown) => holds(shown.at(-1)!))).toBeGreaterThan(0.935);
    }
  });
});

describe("where few spend anything, and some very much,", () => {
  it.each([0, -1, 1.5])(
    "an interval misses the truth in about 5 of 100 campaigns or fewer, with an effect of %d",
    (effect) => {
      const rare = { outcome: spent, users: 800, rate: 0.1, hasLargest: true, effect, looks: 1, runs: 800 };
      const ended = simulate(rare).map(([shown]) => shown!);
      const luck = 2 * Math.sqrt((0.05 * 0.95) / rare.runs);
      for (const estimate of ["difference", "adjusted"] as const) {
        const missed = shareOf(
          ended,
          ({ [estimate]: one }) => one !== undefined && (effect < one.low || one.high < effect),
        );
        expect(missed).toBeLessThan(0.05 + luck);
      }
    },
  );
});

describe("where most spend nothing, and some very much,", () => {
  /** Campaigns without an effect, with log-normal amounts of those who spend, by the deviation of their logarithm. */
  const withoutEffect = (rate: number, spread: number, campaigns: Omit<Campaigns, "outcomes" | "users">) =>
    simulateCampaigns({ ...campaigns, outcomes: [spent], users: 800 }, (_user, random) => [
      random() < rate ? logNormal(30, spread, random) : 0,
    ]).map((looks) => looks.flat());

  it.each([
    { rate: 0.1, spread: 1, controlShare: 0.2 },
    { rate: 0.03, spread: 1, controlShare: 0.2 },
    { rate: 0.03, spread: 1, controlShare: 0.8 },
    { rate: 0.1, spread: 1.5, controlShare: 0.5 },
  ])(
    "a treatment without effect is called better or worse in 5 of 100 campaigns or fewer: $rate, $spread, $controlShare",
    (one) => {
      const runs = 600;
      const ended = withoutEffect(one.rate, one.spread, { runs, looks: 1, controlShare: one.controlShare });
      const luck = 2 * Math.sqrt((0.05 * 0.95) / runs);
      expect(shareOf(ended, ([shown]) => isCalled(shown!))).toBeLessThan(0.05 + luck);
    },
  );

  it("a treatment without effect is called better or worse at any look in 5 of 100 campaigns or fewer", () => {
    const runs = 500;
    const campaigns = withoutEffect(0.1, 1, { runs, looks: 16 });
    expect(shareOf(campaigns, (shown) => shown.slice(0, -1).some(isCalled))).toBeLessThan(0.01);
    expect(shareOf(campaigns, (shown) => shown.some(isCalled))).toBeLessThan(
      0.05 + 2 * Math.sqrt((0.05 * 0.95) / runs),
    );
  });
});

describe("where who left and what they spent are both told, and there is no effect,", () => {
  it.each([
    { rate: 0.4, spread: 1 },
    { rate: 0.8, spread: 0.5 },
  ])("each is called better or worse in 5 of 100 campaigns or fewer, one or the other in up to 9: $rate", (value) => {
    const runs = 800;
    const campaigns = simulateCampaigns(
      { outcomes: [left, spent], users: 800, looks: 10, runs },
      ({ score }, random) => {
        const leaves = random() < 0.1 + 0.5 * score;
        return [Number(leaves), !leaves && random() < value.rate ? logNormal(30, value.spread, random) : 0];
      },
    );
    const luck = 2 * Math.sqrt((0.05 * 0.95) / runs);
    for (const outcome of [0, 1])
      expect(shareOf(campaigns, (shown) => shown.some((look) => isCalled(look[outcome]!)))).toBeLessThan(0.05 + luck);
    const either = shareOf(campaigns, (shown) => shown.some((look) => look.some(isCalled)));
    expect(either).toBeGreaterThan(0.05);
    expect(either).toBeLessThan(0.09 + luck);
  });
});

describe("where none leave, or all,", () => {
  const judged = (treated: number, control: number, planned?: number) => {
    const table = new UserTable(1, 1);
    for (let user = 0; user < 40; user++) {
      table.add(true, [undefined], () => treated);
      table.add(false, [undefined], () => control);
    }
    return judgeOutcome(left, table.withOutcome(0), planned === undefined ? "last" : { planned });
  };

  it.each([
    ["open", 200],
    ["final", undefined],
  ])("a result is not as sure as if nothing else could have happened: %s", (_state, planned) => {
    for (const [treated, control] of [
      [0, 0],
      [1, 1],
      [0, 1],
      [1, 0],
    ] as const) {
      const { difference, detectable, gained, verdict, more } = judged(treated, control, planned);
      expect(difference!.value).toBe(treated - control);
      expect(difference!.high - difference!.low).toBeGreaterThan(0.05);
      expect(difference!.low).toBeGreaterThanOrEqual(-1);
      expect(difference!.high).toBeLessThanOrEqual(1);
      expect(difference!.error).toBeGreaterThan(0.01);
      // What these users would tell at the end they do not tell before it.
      if (planned === undefined) expect(detectable).toBeGreaterThan(0.05);
      else expect(detectable).toBeUndefined();
      expect(gained!.error).toBeCloseTo(40 * difference!.error, 9);
      expect(verdict).toBe(treated === control ? "open" : treated === 0 ? "better" : "worse");
      expect(more).toBeUndefined();
    }
  });
});

describe("the power", () => {
  it("is what was said: with as many more users as are needed, 80 of 100 campaigns find the effect", () => {
    const [[first]] = simulate({ outcome: left, users: 500, effect: -0.05, looks: 1, runs: 1 }) as [[OutcomeResult]];
    const error = first.adjusted!.error;
    const growth = ((1.959964 + 0.841621) * error) ** 2 / 0.05 ** 2;
    const ended = simulate({ outcome: left, users: Math.round(500 * growth), effect: -0.05, looks: 1, runs: 400 });
    const found = shareOf(ended, ([shown]) => shown!.verdict === "better");
    expect(found).toBeGreaterThan(0.72);
    expect(found).toBeLessThan(0.88);
  });
});
