import { expect, it } from "vitest";
import { exampleManifest } from "#test/support/example-model.ts";
import { describeVersions } from "./list.ts";

it("has recency alone beside the AUC of each version, and a dash for one that does not tell it", () => {
  const manifest = exampleManifest();
  const [header = "", row = "", old = ""] = describeVersions(
    [manifest, { ...manifest, version: "old", peers: undefined }],
    undefined,
    undefined,
  ).split("\n");
  const cells = (line: string) => line.trim().split(/ {2,}/);
  expect(cells(header).slice(2, 4)).toEqual(["AUC", "recency alone"]);
  expect(cells(row).slice(2, 4)).toEqual([
    manifest.test.auc.value.toFixed(3),
    manifest.peers?.recency.auc.value.toFixed(3),
  ]);
  expect(cells(old)[3]).toBe("–");
});
