/**
 * Measures what the bundled ingest function takes from the start of its process to its response to the first action, which it stores in
 * Elasticsearch; see measureStarts.
 *
 *     git worktree add ../before fe1b985 && (cd ../before && npm ci)
 *     npx tsx bench/ingest/start.ts [--runs 15] [--before ../before]
 */
import { measureStarts } from "#bench/starts.ts";

await measureStarts("ingest", {
  path: "/",
  body: JSON.stringify({ user_id: "u1", action: "login", timestamp: Date.now() }),
});
