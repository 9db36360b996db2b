import { expect, it } from "vitest";
import { exampleManifest } from "#test/support/example-model.ts";
import { renderComparison } from "./page.ts";

const manifest = exampleManifest();
const a = {
  ...manifest,
  proof: { ...manifest.proof!, rows: 900, snapshots: ["2024-01-01"] },
  training: { ...manifest.training, rows: 1_500, snapshots: ["2024-01-01", "2024-06-01"] },
  test: { ...manifest.test, rows: 600, snapshots: ["2024-03-01", "2024-06-01"] },
};

function compared(b: typeof manifest): string {
  return renderComparison({ a, b, byUser: "the log is empty", reader: undefined, calledAs: "npx lapse" });
}

it("has what the proof learned from beside what it was judged on, and what serves apart", () => {
  const page = compared(a);
  expect(page).toContain("The proof learned from</th><td>900 rows up to 2024-01-01</td>");
  expect(page).toContain("The proof was judged on</th><td>600 rows, 2024-03-01 to 2024-06-01</td>");
  expect(page).toContain("What serves learned from</th><td>1,500 rows up to 2024-06-01</td>");
});

it("says whether both were judged on the same snapshots", () => {
  expect(compared(a)).toContain("Both were judged on the same snapshots.");
  expect(compared(manifest)).toContain("They were judged on different snapshots");
});
