import { describe, expect, it } from "vitest";
import { featureNames } from "#churn/features/features.ts";
import { evaluate } from "#churn/metrics/evaluate.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { exampleManifest } from "#test/support/example-model.ts";
import { renderReport } from "./report.ts";

describe("renderReport", () => {
  it("is a balanced page with unique ids, the same for the same manifest", () => {
    const page = renderReport(exampleManifest());
    expect(page.startsWith("<!doctype html>\n<html lang=")).toBe(true);
    expect(unbalanced(page)).toEqual([]);
    const ids = matches(page, / id="([^"]*)"/g);
    expect(new Set(ids).size).toBe(ids.length);
    expect(renderReport(exampleManifest())).toBe(page);
  });

  it("loads nothing and runs nothing", () => {
    const page = renderReport(exampleManifest());
    expect(page).not.toMatch(/https?:|\ssrc=|\shref=|url\(|@import|<script|<link|<iframe|\son\w+=/i);
  });

  it("shows hostile names as text", () => {
    const hostile = `<script>alert("1")</script>' onload='x`;
    const definition = { churn: exampleManifest().definition.churn, actions: [hostile] };
    const m = exampleManifest({ definition, features: [...featureNames(definition)] });
    const page = renderReport({
      ...m,
      decision: { ...m.decision, reason: hostile, champion: hostile, championAuc: 0.5 },
    });
    expect(page).not.toContain("<script");
    expect(page).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39; onload=&#39;x");
    expect(unbalanced(page)).toEqual([]);
  });

  it("names and describes every plot for those who do not see it", () => {
    const page = renderReport(exampleManifest());
    const plots = matches(page, /<svg [^>]*aria-labelledby="([^"]*)"/g);
    expect(plots).toHaveLength(6);
    for (const [title, description] of plots.map((ids) => ids.split(" "))) {
      expect(page).toMatch(new RegExp(`<title id="${title}">[^<]{5,}</title>`));
      expect(page).toMatch(new RegExp(`<desc id="${description}">[^<]{20,}</desc>`));
    }
    expect(matches(page, /(<svg )/g)).toHaveLength(plots.length + matches(page, /(aria-hidden="true")/g).length);
  });

  it("draws as many marks as there are data", () => {
    const m = exampleManifest();
    const page = renderReport(m);
    expect(marks(page, "lift", "rect")).toHaveLength(m.test.deciles.length);
    expect(marks(page, "capture", "circle")).toHaveLength(m.test.deciles.length);
    expect(marks(page, "reliability", "circle")).toHaveLength(m.test.reliability.length);
    expect(marks(page, "reliability", "rect")).toHaveLength(m.test.reliability.length);
    expect(marks(page, "distribution", "rect")).toHaveLength(40);
    expect(marks(page, "timeline", "rect")).toHaveLength(
      2 * ((m.proof?.snapshots.length ?? 0) + m.test.snapshots.length),
    );
    const [curve] = matches(plotOf(page, "roc"), /<path class="line" d="([^"]*)"/g);
    expect(curve?.match(/[ML]/g)).toHaveLength(m.test.roc.length);
    expect(matches(page, /(<th scope="row">)/g)).toHaveLength(m.test.deciles.length + m.features.length + 3);
  });

  it("draws bars as high as the share that left", () => {
    const m = exampleManifest();
    const heights = marks(renderReport(m), "lift", "rect").map((rect) => Number(/height="([^"]*)"/.exec(rect)?.[1]));
    const shares = m.test.deciles.map(({ churned, users }) => churned / users);
    heights.forEach((height, i) => {
      expect(height / heights[0]!).toBeCloseTo(shares[i]! / shares[0]!, 3);
    });
  });

  it("tells what raises and what lowers the risk, strongest first", () => {
    const m = exampleManifest({ features: ["trend_60d", "days_since_last"] });
    const page = renderReport({ ...m, importances: [0.2, 1], associations: [-0.3, 0.1] });
    const rows = matches(page, /<li>(.*?)<\/li>/gs).map((row) =>
      row
        .replace(/<[^>]*>|\s+/g, " ")
        .replace(/ +/g, " ")
        .trim(),
    );
    expect(rows).toEqual([
      "days since the last action ▲ leaving odds × 2.72",
      expect.stringMatching(/^trend of active days .* ▼ staying odds × 1.22$/),
    ]);
  });

  it("says of whom the drivers are: of users whose outcome nobody knows yet, as the model that serves sees them", () => {
    const page = renderReport(exampleManifest());
    expect(page).toContain("on average over the users who were here at the end of the log (2,000 of them at most)");
    expect(page).not.toContain("over the users it was checked on");
  });

  it("tells a half-life of training rows only where there is one", () => {
    const m = exampleManifest();
    expect(renderReport(m)).not.toContain("Half-life");
    const aged = { ...m, training: { ...m.training, halfLifeDays: 90 } };
    expect(renderReport(aged)).toContain("<dt>Half-life of a training row</dt><dd>90\u00a0days</dd>");
  });

  it("leads to what became of what it promised, which it cannot know itself", () => {
    expect(renderReport(exampleManifest())).toContain("at <code>/promises</code> of the desk");
  });

  it("tells what it learned from, and no upper end of what grows with the calendar", () => {
    const m = exampleManifest();
    const page = renderReport({ ...m, training: { ...m.training, rows: 40_030, churned: 7_205 } });
    expect(page).toContain(
      "has learned from 3,900 outcomes (the user left in 25\u00a0% of them), all of which were known",
    );
    expect(page).toContain("from all that is known by now, 40,030 outcomes (the user left in 18\u00a0% of them)");
    const [tenure] = matches(page, /<code>days_since_first<\/code><\/th>(.*)<\/tr>/g);
    expect(tenure).toContain("<td>1 or more</td>");
  });

  it("shows the model beside recency alone and the plain rate; and nothing of them where they were not judged", () => {
    const m = exampleManifest();
    const page = renderReport(m);
    for (const { auc, logLoss } of [m.test, ...Object.values(m.peers ?? {})]) {
      expect(page).toContain(`<td>${auc.value.toFixed(3)}</td>`);
      expect(page).toContain(`<td>${logLoss.value.toFixed(3)}</td>`);
    }
    const { peers, proof, ...old } = m;
    expect(renderReport(old)).not.toContain("Beside simpler rules");
    expect(renderReport(old)).toContain(`has learned from ${m.training.rows.toLocaleString("en")} outcomes`);
  });

  it("says whether the model went into service and why", () => {
    const m = exampleManifest();
    expect(renderReport(m)).toContain("✓ put into service");
    const rejected = {
      promoted: false,
      reason: "not proved better than champion v1",
      champion: "v1",
      championAuc: 0.9,
      championLogLoss: 0.3,
    };
    const page = renderReport({ ...m, decision: rejected });
    expect(page).toContain("✕ not put into service");
    expect(page).toContain("Why: not proved better than champion v1. On the same users the champion v1 has AUC 0.90.");
  });

  it.each(Object.entries(degenerate()))("draws only finite numbers with %s", (_, m) => {
    const page = renderReport(m);
    expect(matches(page, /(NaN|Infinity|undefined|null)/g)).toEqual([]);
    expect(unbalanced(page)).toEqual([]);
    for (const size of matches(page, / (?:width|height)="([^"]*)"/g)) expect(Number(size)).toBeGreaterThanOrEqual(0);
  });
});

function degenerate(): Record<string, ModelManifest> {
  const m = exampleManifest();
  const { parameters } = m;
  const zeros = m.features.map(() => 0);
  const users = Array.from({ length: 30 }, (_, i) => `u${i}`);
  const outcomes = (y: (i: number) => number, p: (i: number) => number) =>
    evaluate(
      { y: users.map((_, i) => y(i)), p: users.map((_, i) => p(i)), users, snapshots: [19_000] },
      { resamples: 5 },
    );
  const nobody = { rows: 0, churned: 0, deciles: [], reliability: [], roc: [], snapshots: [] };
  return {
    "tenths without churners": {
      ...m,
      test: outcomes(
        (i) => (i === 0 ? 1 : 0),
        (i) => 1 / (i + 1),
      ),
    },
    "the same probability for all": {
      ...m,
      test: outcomes(
        (i) => i % 2,
        () => 0.3,
      ),
    },
    "probabilities of 0 and 1 only": {
      ...m,
      test: outcomes(
        (i) => i % 2,
        (i) => i % 2,
      ),
    },
    "one feature": exampleManifest({ features: ["days_since_last"] }),
    "features without effect": { ...m, importances: zeros },
    "features without variance": {
      ...m,
      parameters: { ...parameters, scaling: { ...parameters.scaling, low: zeros, high: zeros } },
      typical: zeros,
    },
    "an effect beyond all measure": {
      ...m,
      importances: zeros.map(() => 1e4),
      associations: zeros.map((_, j) => (j === 0 ? 1 : -1)),
    },
    "no test rows at all": {
      ...m,
      training: { ...m.training, snapshots: [], rows: 0, churned: 0 },
      test: { ...m.test, ...nobody, distribution: { stayed: [], churned: [] } },
    },
    "sixty snapshots": {
      ...m,
      training: {
        ...m.training,
        snapshots: Array.from({ length: 60 }, (_, i) => new Date(1.6e12 + i * 864e5).toISOString().slice(0, 10)),
      },
    },
    "dates that are none": { ...m, training: { ...m.training, snapshots: ["soon"] } },
  };
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? "");
}

function plotOf(page: string, id: string): string {
  const start = page.indexOf(`aria-labelledby="${id}-title`);
  return page.slice(start, page.indexOf("</svg>", start));
}

function marks(page: string, plot: string, tag: string): string[] {
  return matches(plotOf(page, plot), new RegExp(`(<${tag} [^>]*>)`, "g"));
}

/** The tags that are closed out of order or never. */
function unbalanced(page: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [tag, slash, name = "", selfClosed] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (selfClosed === "/" || name === "meta") continue;
    if (slash === "") open.push(name);
    else if (open.pop() !== name) wrong.push(tag);
  }
  return [...wrong, ...open];
}
