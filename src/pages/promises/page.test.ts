import { describe, expect, it } from "vitest";
import { parseDay } from "#churn/day.ts";
import { type JudgedNight, newestPromises, promisesByMonth } from "#churn/promises/by-month.ts";
import { NightTally } from "#churn/promises/night-tally.ts";
import { nextInWords, promisesInWords, recencyInWords } from "./in-words.ts";
import { type PromisesView, renderPromises } from "./page.ts";
import { promiseRows } from "./table.ts";

const shown = [night("2024-04-01", "v1", 100), night("2024-04-02", "v2", 110), night("2024-05-01", "v2", 220)];
const shadow = [night("2024-05-01", "<v3>", 90, "challenger")];

describe("promises on a page", () => {
  it("are told in one sentence, with a verdict", () => {
    const words = (left: number, users = 400) =>
      promisesInWords(newestPromises([night("2024-04-01", "v1", left, "champion", users)], "champion")!);
    expect(words(100)).toMatch(
      /^On one night, the list promised that 100 of 400 users would leave, and 100 did: as promised \(× 1\.00, 95 % interval 0\.\d\d to 1\.\d\d\)\.$/,
    );
    expect(words(200)).toContain("more than promised");
    expect(words(20)).toContain("fewer than promised");
    expect(words(2, 4)).toContain("too few users to tell");
  });

  it("are told beside recency alone, with a verdict, where that is known", () => {
    const words = (daysSinceLast: (leaves: boolean, i: number) => number, users = 400) =>
      recencyInWords(newestPromises([rankedNight(users, daysSinceLast)], "champion")!);
    expect(words((_, i) => 1 + (i % 7))).toMatch(
      /^The lists ranked users better than recency alone: AUC 0\.\d{3} against 0\.[45]\d\d \(\+0\.\d{3}, 95 % interval \+0\.\d{3} to \+0\.\d{3}\)\.$/,
    );
    expect(words((leaves) => (leaves ? 30 : 1))).toContain("worse than recency alone: AUC 0.");
    expect(words((_, i) => (i % 4 === 0 ? 20 : 1))).toContain("neither surely better nor surely worse");
    expect(words((_, i) => 1 + (i % 7), 4)).toContain("Too few users to tell");
    const { recency, ...former } = night("2024-04-01", "v1", 100).night;
    expect(recency).toBeDefined();
    const mixed = [night("2024-04-02", "v1", 100), { ...night("2024-04-01", "v1", 100), night: former }];
    expect(recencyInWords(newestPromises(mixed, "champion")!)).toBeUndefined();
    const [row] = promiseRows(promisesByMonth(mixed, "champion"));
    expect([row?.[7], row?.[9]]).toEqual([
      expect.stringMatching(/^0\.\d{3} \(.+\), –$/),
      expect.stringMatching(/^[\d.]+ %.*, –$/),
    ]);
    const [known] = promiseRows(promisesByMonth([night("2024-04-02", "v1", 100)], "champion"));
    expect([known?.[7], known?.[9]]).toEqual([
      expect.stringMatching(/^0\.\d{3} \(.+\), 0\.\d{3}$/),
      expect.stringMatching(/^[\d.]+ %.*, [\d.]+ %$/),
    ]);
  });

  it("are listed by month, and by version where there are several", () => {
    const rows = promiseRows(promisesByMonth(shown, "champion"));
    expect(rows.map((row) => row.slice(0, 6))).toEqual([
      ["2024-05", "v2", "1", "400", "100", "220"],
      ["2024-04", "2 versions", "2", "400", "100", "105"],
      ["", "v2", "1", "400", "100", "110"],
      ["", "v1", "1", "400", "100", "100"],
    ]);
    const withoutLeavers = promisesByMonth([night("2024-04-01", "v1", 0)], "champion");
    expect(promiseRows(withoutLeavers)[0]?.[7]).toBe("–, –");
  });

  it("say when the next list can be compared, and what that needs of the log", () => {
    const next = { snapshot: parseDay("2024-05-02")!, from: parseDay("2024-06-02")!, logTo: parseDay("2024-05-31")! };
    const sentence = "The list of 2024-05-02 can be compared from 2024-06-02 on, once its churn window has closed.";
    expect(nextInWords({ ...next, lastDay: next.logTo })).toBe(sentence);
    expect(nextInWords({ ...next, lastDay: parseDay("2024-05-03") })).toBe(
      `${sentence} It needs actions up to 2024-05-31; so far the log ends on 2024-05-03.`,
    );
  });

  it("make a whole page, also of nothing", () => {
    const view: PromisesView = {
      newest: newestPromises(shown, "champion"),
      shown: promisesByMonth(shown, "champion"),
      shadow: promisesByMonth(shadow, "challenger"),
      next: undefined,
    };
    const page = renderPromises(view);
    expect(page).toContain("What challengers would have promised");
    expect(page).toContain("&lt;v3&gt;");
    expect(page.match(/<circle/g)).toHaveLength(2);
    const empty = renderPromises({ newest: undefined, shown: [], shadow: [], next: undefined });
    expect(empty).toContain("No list has been shown yet");
    for (const one of [page, empty]) expect(one).not.toMatch(/NaN|Infinity|undefined|null/);
  });
});

/** Every fourth user is promised to leave and does, but for one in five, who changes places with another. */
function rankedNight(users: number, daysSinceLast: (leaves: boolean, i: number) => number): JudgedNight {
  const tally = new NightTally();
  for (let i = 0; i < users; i++) {
    const leaves = (i % 20 < 4 ? i + 1 : i) % 4 === 0;
    tally.add(`user-${i}`, i % 4 === 0 ? 0.6 : 0.1, leaves, daysSinceLast(leaves, i));
  }
  return { snapshot: parseDay("2024-04-01")!, modelVersion: "v1", role: "champion", addedAt: 1, night: tally.night() };
}

/** A quarter of the users is promised to leave. */
function night(
  day: string,
  modelVersion: string,
  left: number,
  role: JudgedNight["role"] = "champion",
  users = 400,
): JudgedNight {
  const tally = new NightTally();
  for (let i = 0; i < users; i++) tally.add(`user-${i}`, 0.25, i < left, 1 + (i % 7));
  return { snapshot: parseDay(day)!, modelVersion, role, addedAt: 1, night: tally.night() };
}
