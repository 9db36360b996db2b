import { parseFeature } from "../features/catalogue.ts";

/** A feature's name in words: `days since the last action`, `“login” in the last 30 days`. */
export function describeFeature(name: string): string {
  return parseFeature(name)?.description ?? name;
}
