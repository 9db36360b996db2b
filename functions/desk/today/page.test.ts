import { describe, expect, it } from "vitest";
import type { Decision } from "#churn/gate/decision.ts";
import { exampleManifest } from "#test/support/example-model.ts";
import { renderToday } from "./page.ts";

const champion = exampleManifest({ version: "v1" });

function pageWith(
  decision: Partial<Decision>,
  harm: { readonly standsInFor?: string; readonly damaged?: readonly string[] } = {},
): string {
  const newest = exampleManifest({ version: "v2", decision: { ...champion.decision, promoted: false, ...decision } });
  return renderToday({
    ...{ reader: undefined, extent: undefined, features: undefined, users: undefined },
    ...{ standsInFor: undefined, damaged: [], ...harm },
    ...{
      champion,
      versions: [newest, champion],
      scores: [],
      promises: { newest: undefined, shown: [], shadow: [], next: undefined },
      deadLetters: 0,
    },
  });
}

describe("the page", () => {
  it("says loudly what a version stands in for, and which cannot be read", () => {
    const page = pageWith({}, { standsInFor: "version v9, which cannot be read", damaged: ["v9"] });
    expect(page).toContain("Version v1 stands in for version v9, which cannot be read.");
    expect(page).toContain("Damaged, and of no use until their files are restored: v9.");
    expect(pageWith({})).not.toContain('role="alert"');
  });

  it("says that nothing is promoted while the newest data look broken, and why", () => {
    const frozen: Decision["frozen"] = [{ cause: "volume", verdict: "there were 50 % of the usual actions" }];
    const told = "No model is promoted while the newest data look broken: there were 50 % of the usual actions.";
    expect(pageWith({ champion: "v1", frozen })).toContain(told);
    expect(pageWith({ champion: "v1", frozen: [] })).not.toContain("look broken");
    // Another version was put into service since.
    expect(pageWith({ champion: "v0", frozen })).not.toContain("look broken");
  });
});
