import { createHash } from "node:crypto";
import { jsonText } from "#churn/json-text.ts";
import { type ModelManifest, manifestSchema } from "#churn/model/manifest.ts";
import { CorruptModel } from "./failures.ts";
import type { ModelArtifact } from "./model-store.ts";

/** The files of a version, in the order in which they are stored. */
export const versionFiles = ["model.onnx", "report.html", "model.json"] as const;
export type VersionFile = (typeof versionFiles)[number];

/** The folder of the aliases, next to those of the versions. */
export const aliases = "aliases";

/** Names also come from URLs: none may lead out of the folder of the versions or mean something else in it. */
export function isVersion(name: string): boolean {
  return /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/.test(name) && name !== aliases;
}

/** The content of each file. Throws CorruptModel for a model that could not be stored, or not be read again. */
export function filesOf({ manifest, onnx, report }: ModelArtifact): Record<VersionFile, Uint8Array> {
  const { version } = manifest;
  if (!isVersion(version)) throw new CorruptModel(`Could not publish ${version}: no version can have that name`);
  checkSum(manifest, onnx);
  const description = JSON.stringify(manifest, undefined, 2);
  // What is no number has become null by now.
  parseManifest(version, description);
  return {
    "model.onnx": onnx,
    "report.html": Buffer.from(report),
    "model.json": Buffer.from(description),
  };
}

/** Parses the model.json of a version. Throws CorruptModel. */
export function parseManifest(version: string, text: string): ModelManifest {
  // Zod would compile a parser that is used once.
  const manifest = jsonText(manifestSchema).safeParse(text, { jitless: true });
  if (!manifest.success)
    throw new CorruptModel(`model.json of version ${version} is damaged`, { cause: manifest.error });
  if (manifest.data.version !== version) {
    throw new CorruptModel(`model.json of version ${version} is that of ${manifest.data.version}`);
  }
  return manifest.data;
}

/** Throws CorruptModel if model.onnx is not the one that the manifest describes. */
export function checkSum({ version, sha256 }: ModelManifest, onnx: Uint8Array): void {
  if (createHash("sha256").update(onnx).digest("hex") === sha256) return;
  throw new CorruptModel(
    `model.onnx of version ${version} does not agree with its sha256: it was altered or cut short`,
  );
}
