import { StoreUnavailable } from "../../failures.ts";
import type { BulkOutcome } from "./bulk.ts";

/**
 * Throws StoreUnavailable, saying how many failed and why, unless every operation succeeded or has one of the `other`
 * statuses. `purpose` completes "Could not …".
 */
export function requireWritten(purpose: string, outcomes: readonly BulkOutcome[], other: readonly number[]): void {
  const refused = outcomes.filter(({ status }) => status >= 300 && !other.includes(status));
  const [first] = refused;
  if (first === undefined) return;
  throw new StoreUnavailable(
    `Could not ${purpose}: Elasticsearch did not take ${refused.length} of ${outcomes.length} (${first.status}: ${first.reason ?? "no reason given"}).`,
  );
}
