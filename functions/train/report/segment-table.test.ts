import { describe, expect, it } from "vitest";
import { judgeRows } from "#churn/segments/judge-rows.ts";
import type { Segments } from "#churn/segments/judge-segments.ts";
import { exampleManifest } from "#test/support/example-model.ts";
import { segmentSection } from "./segment-table.ts";

describe("the report's table of segments", () => {
  it("tells of each segment how many were promised to leave, left, and how well that was foretold", () => {
    const { markup } = segmentSection(exampleManifest({ segments: segments(false) }));
    expect(markup).toContain("By tenure");
    expect(markup).toMatch(/first 30 days<\/th><td>400<\/td><td>100<\/td><td>100 \(25\u00a0%\)<\/td><td>1\.00 \(/);
    expect(markup).toMatch(/more than 30 days<\/th><td>20<\/td><td>5<\/td>.*too few to tell/);
    expect(markup).not.toContain("no one");
    expect(markup).not.toContain("Against champion");
    // Recency alone ranks by nothing that tells here.
    expect(markup).toMatch(/first 30 days.*<td>0\.\d\d \(0\.\d\d\u00a0to\u00a0[01]\.\d\d\)<\/td><td>0\.50 \(0\.\d\d/);
  });

  it("calls at risk whom the desk calls so: at high risk, not at medium", () => {
    const m = exampleManifest({ segments: segments(false), thresholds: { medium: 0.125, high: 0.375 } });
    expect(segmentSection(m).markup).toContain("at least 38 %, where high risk begins");
  });

  it("compares with the champion of that moment, by name", () => {
    const m = exampleManifest({ segments: segments(true) });
    const { markup } = segmentSection({ ...m, decision: { ...m.decision, champion: "<old>" } });
    expect(markup).toContain("the difference in log loss from &lt;old&gt; on the same rows");
    expect(markup).toMatch(/<td>-0\.\d{3} \(-0\.\d{3}\u00a0to\u00a0-0\.\d{3}\)<\/td>/);
  });

  it("is left out of versions from before there were segments", () => {
    expect(segmentSection(exampleManifest()).markup).toBe("");
  });
});

function segments(hasChampion: boolean): Segments {
  const rows = (count: number) => {
    const p = Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 0.4 : 0.1));
    return judgeRows(
      {
        y: p.map((_, i) => (i % 4 === 0 ? 1 : 0)),
        p,
        users: p.map((_, i) => `user-${i}`),
        recency: p.map(() => 30),
        other: hasChampion ? p.map((one) => one / 10) : undefined,
      },
      0.3,
    );
  };
  return [
    {
      by: "tenure",
      feature: "days_since_first",
      edges: [30],
      words: ["first 30 days", "more than 30 days", "no one's days"],
      bands: [rows(400), rows(20), rows(0)],
    },
  ];
}
