import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { parseDay } from "#churn/day.ts";
import type { JudgedNight } from "#churn/promises/by-month.ts";
import { NightTally } from "#churn/promises/night-tally.ts";
import { promiseMetrics } from "./promises.ts";

describe("promise metrics", () => {
  it("tell by role what was promised and what happened on the newest nights", async () => {
    const { compared, samples } = setUp();
    compared([
      night("2024-05-01", "v1", 10),
      night("2024-05-02", "v1", 30),
      night("2024-05-02", "v2", 90, "challenger"),
    ]);
    expect(await samples('lapse_promises_users{role="champion"')).toEqual([200, 50, 20]);
    expect(await samples('lapse_promises_users{role="challenger",kind="left"')).toEqual([90]);
    const [value, low, high] = await samples('lapse_promises_ratio{role="champion"');
    expect(value).toBeCloseTo(0.4, 12);
    expect(low).toBeLessThan(0.4);
    expect(high).toBeGreaterThan(0.4);
    expect(await samples('lapse_promises_nights{role="champion"')).toEqual([2]);
    const [auc, lowest, highest] = await samples('lapse_promises_quality{role="champion",metric="auc",bound=');
    expect(auc).toBe(0.5);
    expect(lowest).toBeLessThanOrEqual(0.5);
    expect(highest).toBeGreaterThanOrEqual(0.5);
    expect(await samples('lapse_promises_quality{role="champion",metric="auc",bound="low"')).toEqual([lowest]);
    expect(await samples('lapse_promises_quality{role="champion",metric="recency_auc",bound="value"')).toEqual([1]);
    expect(await samples('lapse_promises_snapshot_timestamp_seconds{role="champion"')).toEqual([
      Date.parse("2024-05-02") / 1000,
    ]);
  });

  it("tell of the newest three months, and of few versions, however many there are", async () => {
    const { compared, samples } = setUp();
    const months = ["2024-01", "2024-02", "2024-03", "2024-04"];
    const nights = months.flatMap((month) =>
      [1, 2, 3, 4, 5, 6, 7].map((day) => night(`${month}-0${day}`, `v${month}-${day}`, 10)),
    );
    compared(nights);
    expect(await samples('lapse_promises_month{month="2024-01"')).toEqual([]);
    expect(await samples('lapse_promises_month{month="2024-04",version="v2024-04-7"')).toHaveLength(5);
    expect(await samples("lapse_promises_month{")).toHaveLength(3 * 5 * 5);
    compared(nights.slice(0, 1));
    expect(await samples("lapse_promises_month{")).toHaveLength(5);
  });

  it("are absent until a night is judged", async () => {
    const { compared, samples } = setUp();
    compared([]);
    expect(await samples("lapse_promises")).toEqual([]);
  });
});

function setUp() {
  const metrics = new Registry();
  const { compared } = promiseMetrics(metrics);
  /** The values of the series whose line begins so. */
  const samples = async (start: string) =>
    (await metrics.metrics())
      .split("\n")
      .filter((line) => line.startsWith(start))
      .map((line) => Number(line.slice(line.lastIndexOf(" ") + 1)));
  return { compared, samples };
}

/** Two hundred users, a quarter of whom are promised to leave. */
function night(day: string, modelVersion: string, left: number, role: JudgedNight["role"] = "champion"): JudgedNight {
  const tally = new NightTally();
  for (let i = 0; i < 200; i++) tally.add(`user-${i}`, 0.25, i < left, i < left ? 9 : 2);
  return { snapshot: parseDay(day)!, modelVersion, role, addedAt: 1, night: tally.night() };
}
