import { expect, it } from "vitest";
import { exampleManifest } from "#test/support/example-model.ts";
import { describeVersions } from "./list.ts";

const manifest = exampleManifest();

function linesOf(...versions: (typeof manifest)[]): string[][] {
  return describeVersions(versions, undefined, undefined)
    .split("\n")
    .map((line) => line.trim().split(/ {2,}/));
}

it("has recency alone beside the AUC of each version, both with intervals, and a dash for one that does not tell it", () => {
  const [head = [], row = [], old = []] = linesOf(manifest, { ...manifest, version: "old", peers: undefined });
  const [auc, recency] = [head.indexOf("AUC"), head.indexOf("Recency alone")];
  // No version of these has a standing, which leaves no cell.
  expect(head[1]).toBe("Standing");
  for (const [column, { value, low, high }] of [
    [auc, manifest.test.auc],
    [recency, manifest.peers!.recency.auc],
  ] as const)
    expect(row[column - 1]).toBe(`${value.toFixed(3)} (${low.toFixed(3)}\u00a0to\u00a0${high.toFixed(3)})`);
  expect(old[recency - 1]).toBe("–");
});

it("tells up to where the proof that was judged had learned, beside where it was judged and what serves", () => {
  const proof = { ...manifest.proof!, snapshots: ["2024-01-01"] };
  const training = { ...manifest.training, snapshots: ["2024-01-01", "2024-06-01"] };
  const test = { ...manifest.test, rows: 1_234, snapshots: ["2024-03-01", "2024-06-01"] };
  const [, row = [], old = []] = linesOf(
    { ...manifest, proof, training, test },
    { ...manifest, training, proof: undefined },
  );
  expect(row).toContain("proof 2024-01-01, serving 2024-06-01");
  expect(row).toContain("1,234 rows, 2024-03-01 to 2024-06-01");
  // It serves what was judged.
  expect(old).toContain("proof 2024-06-01, serving 2024-06-01");
});
