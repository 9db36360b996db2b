/**
 * Measures what the bundled predict function takes from the start of its process to its first prediction, by a vector, with a model of
 * 188 features and 200 trees in MinIO; see measureStarts.
 *
 *     git worktree add ../before fe1b985 && (cd ../before && npm ci)
 *     npx tsx bench/predict/start.ts [--runs 15] [--before ../before]
 */
import { measureStarts } from "#bench/starts.ts";
import { blendOf } from "./model.ts";
import { vectorOf } from "./users.ts";

await measureStarts("predict", {
  path: "/v1/models/churn:predict",
  body: JSON.stringify({ instances: [vectorOf(blendOf(12).manifest, 0)] }),
});
