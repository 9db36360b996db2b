import type { ModelManifest } from "#churn/model/manifest.ts";
import { versionColumns } from "#pages/version-cells.ts";
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
  const head = ["Version", "Standing", ...versionColumns.map(({ name }) => name), "What training decided"];
  return textTable(
    head,
    manifests.map((manifest) => [
      manifest.version,
      standing(manifest.version),
      ...versionColumns.map(({ cell }) => cell(manifest)),
      manifest.decision.reason,
    ]),
    head.map(() => "left"),
  );
}
