import { stringify } from "yaml";
import type { KeyRecord } from "#runtime/access/key-file.ts";

/** The Secret that functions in a cluster read keys from: the same file, under the name that deploy/keys mounts. */
export function secretManifest(keys: readonly KeyRecord[], namespace: string): string {
  return stringify({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "lapse-keys", namespace },
    type: "Opaque",
    stringData: { "keys.json": `${JSON.stringify({ keys }, undefined, 2)}\n` },
  });
}
