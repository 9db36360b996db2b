import { createHash } from "node:crypto";

/**
 * The first digits of SHA-256 of a value as JSON, in hex, 4 bits each: the same for the same value, which it does not tell. For
 * names that must not change when the same work is done again.
 */
export function shortHash(value: unknown, digits: number): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, digits);
}
