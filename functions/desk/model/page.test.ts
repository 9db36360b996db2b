import { expect, it } from "vitest";
import { evidenceOf } from "#churn/gate/evidence.ts";
import type { AliasMove } from "#stores/models/model-store.ts";
import { exampleManifest } from "#test/support/example-model.ts";
import { renderModel } from "./page.ts";
import type { ModelView } from "./view.ts";

const move: AliasMove = {
  alias: "champion",
  at: "2024-05-01T12:00:00Z",
  from: undefined,
  to: "v1",
  by: "train",
  reason: "first model",
};

function pageOf(view: Partial<ModelView>): string {
  return renderModel({
    ...{ reader: undefined, mayOperate: false, champion: undefined, before: undefined, challenger: undefined },
    ...{
      versions: [exampleManifest()],
      damaged: [],
      ...{ moves: [], allVersions: 1, allMoves: 0 },
      promises: { newest: undefined, next: undefined, shown: [], shadow: [] },
      calledAs: "npx lapse",
    },
    ...view,
  });
}

it("says loudly that no version can be read that was in service, but not where none ever was", () => {
  const alarm = "Version v1, which was in service, cannot be read, and no version that served before can";
  expect(pageOf({ moves: [move] })).toContain(`role="alert">${alarm}`);
  expect(pageOf({})).not.toContain('role="alert"');
});

it("tells lines to paste as the program is called where it runs", () => {
  const page = pageOf({ allVersions: 70, moves: [move], allMoves: 31 });
  expect(page).toContain("<code>npx lapse models</code>");
  expect(page).toContain("<code>npx lapse models history</code>");
});

it("shows a move whose record is damaged as unreadable", () => {
  const unreadable = { ...move, at: undefined, to: undefined, by: "unknown", reason: "its record cannot be read" };
  const champion = { version: exampleManifest().version, movedAt: "2024-05-02T12:00:00Z", revision: "2" };
  const page = pageOf({ champion, moves: [unreadable, move] });
  expect(page).toMatch(/unknown[\s\S]*unreadable[\s\S]*its record cannot be read[\s\S]*first model/);
  expect(page).not.toContain('role="alert"');
});

it("tells of each version what its proof had learned from and was judged on, with intervals, apart from what serves", () => {
  const manifest = exampleManifest();
  const proof = { ...manifest.proof!, snapshots: ["2024-01-01"] };
  const training = { ...manifest.training, snapshots: ["2024-01-01", "2024-06-01"] };
  const test = { ...manifest.test, rows: 1_234, snapshots: ["2024-03-01", "2024-06-01"] };
  const page = pageOf({ versions: [{ ...manifest, proof, training, test }] });
  const text = page.replaceAll(/<\/?span[^>]*>/g, "");
  expect(text).toContain(">proof 2024-01-01, serving 2024-06-01<");
  expect(text).toContain(">1,234 rows, 2024-03-01 to 2024-06-01<");
  const { value, low, high } = test.auc;
  expect(page).toContain(`>${value.toFixed(3)} (${low.toFixed(3)}\u00a0to\u00a0${high.toFixed(3)})<`);
  expect(page).toContain("on snapshots after all the outcomes that it had learned from");
  expect(page).not.toContain("months after");
});

it("tells on what evidence each move was made", () => {
  const { test, decision } = exampleManifest();
  const page = pageOf({ moves: [{ ...move, evidence: evidenceOf({ test, decision }) }], allMoves: 1 });
  expect(page).toContain("Evidence of its training");
  expect(page.replaceAll(/<\/?span[^>]*>/g, "")).toContain(
    `${test.rows.toLocaleString("en")} rows, ${test.snapshots[0]}: AUC ${test.auc.value.toFixed(3)}`,
  );
  expect(page).not.toContain("These are the newest");
});

it("says so where there are more versions or moves than it shows", () => {
  const page = pageOf({ moves: [move], allMoves: 41, allVersions: 61 });
  expect(page).toContain("These are the newest 1 of 61 versions");
  expect(page).toContain("These are the newest 1 of 41 moves");
});
