import type { ModelManifest } from "#churn/model/manifest.ts";
import { formatCounted, formatPoints, threeDecimals, withInterval } from "./format.ts";

/** A column of a list of versions, and what stands in it. */
interface VersionColumn {
  readonly name: string;
  readonly cell: (manifest: ModelManifest) => string;
}

/** What every list of versions tells of each: what it was judged on, and how good it was there, with 95 % intervals. */
export const versionColumns: readonly VersionColumn[] = [
  { name: "Learned up to", cell: learnedInWords },
  { name: "Judged on", cell: judgedInWords },
  { name: "AUC", cell: ({ test }) => withInterval(test.auc, threeDecimals) },
  { name: "Recency alone", cell: ({ peers }) => withInterval(peers?.recency.auc, threeDecimals) },
  { name: "Log loss", cell: ({ test }) => withInterval(test.logLoss, (value) => value.toFixed(4)) },
  { name: "Off by, in points", cell: ({ test }) => withInterval(test.ece, formatPoints) },
];

/** `12,566 rows, 2026-05-01 to 2026-09-28`: outcomes that the proof had not seen. */
export function judgedInWords({ test }: Pick<ModelManifest, "test">): string {
  return rowsInWords(test);
}

/** The same of other rows. */
export function rowsInWords({ rows, snapshots }: Pick<ModelManifest["test"], "rows" | "snapshots">): string {
  const [first = "–", last = first] = [snapshots[0], snapshots.at(-1)];
  return `${formatCounted(rows, "row")}, ${first === last ? first : `${first} to ${last}`}`;
}

/**
 * `proof 2026-04-01, serving 2026-09-28`: the newest snapshots that the model that was judged and the one that serves have learned
 * from. The second has learned from the test as well, so it alone would make an honest test look as if it were none.
 */
export function learnedInWords({ proof, training }: Pick<ModelManifest, "proof" | "training">): string {
  const [serving, proved] = [training, proof ?? training].map(({ snapshots }) => snapshots.at(-1) ?? "–");
  return `proof ${proved}, serving ${serving}`;
}
