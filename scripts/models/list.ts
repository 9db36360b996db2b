import type { ModelManifest } from "#churn/model/manifest.ts";
import type { Alias } from "#stores/models/model-store.ts";
import { textTable } from "../terminal/text-table.ts";

/** Every version, newest first, with what it is worth and where it stands. */
export function describeVersions(
  manifests: readonly ModelManifest[],
  champion: Alias | undefined,
  challenger: Alias | undefined,
): string {
  if (manifests.length === 0) return "There are no model versions yet.";
  const standing = (version: string) =>
    [
      version === champion?.version ? "champion" : "",
      version === challenger?.version ? "challenger" : "",
      version === champion?.previous ? "previous champion" : "",
    ]
      .filter((name) => name !== "")
      .join(", ");
  return textTable(
    ["version", "trained to", "AUC", "recency alone", "log loss", "off by", "standing", "decision"],
    manifests.map(({ version, training, test, peers, decision }) => [
      version,
      training.snapshots.at(-1) ?? "",
      test.auc.value.toFixed(3),
      peers?.recency.auc.value.toFixed(3) ?? "–",
      test.logLoss.value.toFixed(4),
      `${(100 * test.ece.value).toFixed(1)} points`,
      standing(version),
      decision.reason,
    ]),
    ["left", "left", "right", "right", "right", "right", "left", "left"],
  );
}
