import { parseFeature } from "./catalogue.ts";

/** What a feature tells about; see FeatureKind. A name that the catalogue does not give is a group of its own. */
export function groupOf(name: string): string {
  return parseFeature(name)?.group ?? `feature ${name}`;
}
