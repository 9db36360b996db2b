import { fileURLToPath } from "node:url";
import type { Manifests } from "./manifests.ts";
import { readManifests } from "./read-manifests.ts";

/**
 * Reads the manifests in knative/. In a clone the compiled program has their content here, as to read it takes a tenth of a second; it is
 * compiled anew when one of them changes (scripts/build/manifests-inside.mjs).
 */
export function readKnative(): Promise<Manifests> {
  return readManifests(fileURLToPath(new URL("../../knative", import.meta.url)));
}
