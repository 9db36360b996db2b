import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { type Manifests, manifestsOf } from "./manifests.ts";

/** Reads the manifests in a folder. Throws BadManifests with every fault found. */
export async function readManifests(folder: string): Promise<Manifests> {
  return manifestsOf(folder, async (file) => parse(await readFile(join(folder, file), "utf8")));
}
