import { bucketOf } from "#churn/action.ts";
import { compareBytes } from "./connections/elasticsearch/byte-order.ts";

/** Compares user ids as stores stream them: by bucket, and then by the bytes of the id. */
export function compareUserIds(a: string, b: string): number {
  return bucketOf(a) - bucketOf(b) || compareBytes(a, b);
}
