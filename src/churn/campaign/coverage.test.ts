import { describe, expect, it } from "vitest";
import { randomFrom } from "../random.ts";
import type { MeasuredOutcome } from "./campaign.ts";
import { judgeOutcome, type Look } from "./judge-outcome.ts";
import type { OutcomeResult } from "./result.ts";
import { UserTable } from "./user-table.ts";

const left: MeasuredOutcome = { name: "left", kind: "share", good: "less" };
const spent: MeasuredOutcome = { name: "spent", kind: "amount", good: "more" };

interface Simulation {
  readonly outcome: MeasuredOutcome;
  readonly users: number;
  /** What the treatment changes the share of those who leave, or the mean, by. */
  readonly effect: number;
  /** Looks at the first users whose window has closed; the last is at all of them. */
  readonly looks: number;
  readonly runs: number;
  /** The share that leaves untreated, by the score where it is not given; or that spends, 0.4 where it is not given. */
  readonly rate?: number;
  /** Of those who spend, most spend little and some very much. */
  readonly hasLargest?: boolean;
}

/** Simulates campaigns with a fifth in the control group, and returns what is shown at each look of each. */
function simulate({ outcome, users, effect, looks, runs, rate, hasLargest }: Simulation): OutcomeResult[][] {
  const random = randomFrom("campaigns");
  const lookAt = (user: number): Look => {
    if (looks === 1) return "only";
    return user === users ? "last" : { planned: users };
  };
  const amountOf = (score: number) => {
    if (!hasLargest) return -20 * Math.log(1 - random()) + 40 * score;
    // Log-normal, with a standard deviation of 1 of the logarithm.
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return meanSpent * Math.exp(normal - 0.5);
  };
  const between = users / looks;
  if (!Number.isInteger(between)) throw new RangeError(`${looks} looks do not divide ${users} users.`);
  return Array.from({ length: runs }, () => {
    const table = new UserTable(1, 1);
    const shown: OutcomeResult[] = [];
    for (let user = 1; user <= users; user++) {
      const isTreated = random() >= 0.2;
      const score = random() ** 2;
      const change = isTreated ? effect : 0;
      // Amounts are skewed: most spend nothing, some much. Those treated spend as much, but more of them do.
      const y =
        outcome.kind === "share"
          ? Number(random() < (rate ?? 0.1 + 0.5 * score) + change)
          : Math.floor(random() + (rate ?? 0.4) + change / meanSpent) * amountOf(score);
      table.add(isTreated, [score], () => y);
      if (user % between === 0) shown.push(judgeOutcome(outcome, table.withOutcome(0), lookAt(user)));
    }
    return shown;
  });
}

/** Of those who spend at all: 20 and 40 times a score, which is the square of a number from 0 to 1. */
const meanSpent = 20 + 40 / 3;

function shareOf<Item>(items: readonly Item[], is: (item: Item) => boolean): number {
  return items.filter(is).length / items.length;
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
    const wrong = shareOf(ended, ([shown]) => shown!.verdict === "better" || shown!.verdict === "worse");
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
      const isWrong = ({ verdict }: OutcomeResult) => verdict === "better" || verdict === "worse";
      expect(shareOf(campaigns, (shown) => shown.slice(0, -1).some(isWrong))).toBeLessThan(0.01);
      // Nor does one err more often who looks each time, and at the end as well.
      expect(shareOf(campaigns, (shown) => shown.some(isWrong))).toBeLessThan(0.05 + luck);
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
