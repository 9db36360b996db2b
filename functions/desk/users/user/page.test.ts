import { describe, expect, it } from "vitest";
import { listedUser } from "#test/support/listed-user.ts";
import { renderUser } from "./page.ts";
import type { ShownScore, UserView } from "./view.ts";

const snapshot = 20_454;

function pageWith(more: Partial<UserView>): string {
  return renderUser(
    {
      ...{ userId: "ann", listed: listedUser("ann", { snapshot }), shown: [], history: undefined },
      ...{ contacts: [], isOptedOut: false, underWay: [], outlooks: undefined },
      ...more,
    },
    undefined,
  );
}

describe("the strip of active days", () => {
  const visit = (day: number, count = 1, action = "visit") => ({ day, action, count, value: 0 });
  const strip = (page: string) => page.slice(page.indexOf("<h2>Active days</h2>"));
  /** Where each bar begins and how high it is, and what it tells. */
  const bars = (page: string) =>
    Array.from(
      strip(page).matchAll(
        /<rect class="bar" x="([\d.]+)" y="[\d.]+" width="[\d.]+" height="([\d.]+)"><title>([^<]+)/g,
      ),
      ([, x, height, title]) => ({ x: Number(x), height: Number(height), title }),
    );

  it("counts the days of the last 120 on which the user did something, each once", () => {
    const days = [
      ...[visit(snapshot - 121, 50), visit(snapshot - 120, 3, "buy"), visit(snapshot - 120, 1)],
      ...[visit(snapshot - 60), visit(snapshot - 1, 16)],
    ];
    const page = pageWith({ history: { userId: "ann", days } });
    expect(page).toContain("Active on 3\u00a0days of the last 120, from 2025-09-03 to 2025-12-31.");
    expect(bars(page).map(({ title }) => title)).toEqual([
      "2025-09-03: 4 actions",
      "2025-11-02: 1 action",
      "2025-12-31: 16 actions",
    ]);
    // By the square root, so that a day with few actions is seen beside one with many.
    const [four, one, sixteen] = bars(page).map(({ height }) => height);
    expect([four, one, sixteen]).toEqual([6 + 34 / 2, 6 + 34 / 4, 40]);
    expect(bars(page).map(({ x }) => x)).toEqual([1, 60 * 8 + 1, 119 * 8 + 1]);
  });

  it("goes on to what came after the last list, and is empty of who did nothing lately", () => {
    const later = pageWith({ history: { userId: "ann", days: [visit(snapshot + 4)] } });
    expect(later).toContain("Active on 1\u00a0day of the last 120, from 2025-09-08 to 2026-01-05.");
    const silent = pageWith({ history: { userId: "ann", days: [visit(snapshot - 300)] } });
    expect(silent).toContain("Active on 0\u00a0days of the last 120");
    expect(bars(silent)).toEqual([]);
    expect(pageWith({})).not.toContain("Active days");
  });
});

describe("the probability over time", () => {
  const marks = (shown: readonly ShownScore[]) =>
    Array.from(pageWith({ shown }).matchAll(/<title>([^<]+)<\/title><\/line><text[^>]*>new version</g), ([, of]) => of);

  function scored(...versions: readonly string[]): ShownScore[] {
    return versions.map((modelVersion, i) => ({
      ...{ snapshot: snapshot - versions.length + i, modelVersion, probability: 0.2, risk: "low", threshold: 0.5 },
    }));
  }

  it("says from which probability on users are at risk, and names the last crossings within the frame", () => {
    const risky = scored(...Array.from({ length: 12 }, () => "v1")).map((score, i): ShownScore => {
      const isHigh = i % 2 === 1;
      return { ...score, probability: isHigh ? 0.8 : 0.2, risk: isHigh ? "high" : "low" };
    });
    const page = pageWith({ shown: risky });
    expect(page).toContain(">at risk from 50\u00a0%</text>");
    const notes = Array.from(
      page.matchAll(/<text class="note" x="([\d.]+)"[^>]*text-anchor="(start|end)">(?:no longer )?at risk [\d-]+</g),
      ([, x, anchor]) => ({ x: Number(x), anchor }),
    );
    expect(notes).toHaveLength(3);
    const [early] = Array.from(
      pageWith({ shown: risky.slice(0, 2).concat(scored("v1", "v1", "v1", "v1", "v1", "v1")) }).matchAll(
        /<text class="note" x="[\d.]+"[^>]*text-anchor="(\w+)">at risk [\d-]+</g,
      ),
      ([, anchor]) => anchor,
    );
    // Otherwise it would begin left of the plot.
    expect(early).toBe("start");
  });

  it("marks where another version began to score", () => {
    expect(marks(scored("v1", "v1", "v2", "v2", "v3"))).toEqual(["v2", "v3"]);
    expect(marks(scored("v1", "v2", "v1"))).toEqual(["v2", "v1"]);
    expect(marks(scored("v1", "v1"))).toEqual([]);
    expect(marks(scored("v1"))).toEqual([]);
  });
});

describe("the campaigns under way", () => {
  const closesAt = Date.UTC(2026, 0, 31);
  const spring = { campaignId: "spring", name: "Spring <mails>", closesAt };

  it("are named, and who may not be contacted for one of them is said", () => {
    const control = pageWith({ underWay: [{ ...spring, arm: "control" }] });
    const link = '<a href="/campaigns/spring">Spring &lt;mails&gt;</a>';
    expect(control).toContain(`In the control group of ${link} until 2026-01-31: do not contact this user.`);
    const treatment = pageWith({ underWay: [{ ...spring, arm: "treatment" }] });
    expect(treatment).toContain(`In the treatment of ${link}, which is under way until 2026-01-31.`);
    expect(treatment).not.toContain("do not contact");
  });
});

describe("the reasons", () => {
  const reason = { feature: "days_since_last", value: 12.34, typical: 2, sentence: "silent for 12 days" };

  it("are told with the user's own amount, the typical one, and what they do to the odds of leaving", () => {
    const reasons = [
      { ...reason, contribution: Math.log(1.95) },
      { ...reason, feature: "actions_30d", value: 1_234.5, typical: 0.256, contribution: -Math.log(2) },
    ];
    const page = pageWith({ listed: listedUser("ann", { snapshot, reasons }) });
    const rows = Array.from(page.matchAll(/<tr>(.*?)<\/tr>/gs), ([, row = ""]) =>
      Array.from(row.matchAll(/<t[hd] ?[^>]*class="[^"]*number[^"]*"[^>]*>(.*?)<\/t[hd]>/gs), ([, text]) => text),
    );
    expect(rows).toEqual([
      ["Of this user", "Typically", "Odds of leaving"],
      ["12.3", "2", "×\u00a01.95"],
      ["1,235", "0.26", "×\u00a00.50"],
    ]);
  });

  it("are said to be none where nothing speaks for leaving, and are left out of who has lapsed", () => {
    expect(pageWith({})).toContain("Nothing about this user speaks for leaving.");
    const lapsed = listedUser("ann", { state: "lapsed", risk: undefined, probability: undefined, lapsedSince: 20_400 });
    expect(pageWith({ listed: lapsed })).not.toContain("<h2>Why</h2>");
  });
});
