import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { type SchemaFile, sources } from "./sources.ts";

const resourceSchema = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });

/**
 * Writes the public schemas that tests check against to a folder, for LAPSE_SCHEMAS; returns their names. `get` returns the file at a
 * URL. Throws if one is not what it was, byte for byte.
 */
export async function writeSchemas(folder: string, get: (url: string) => Promise<string>): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const names: string[] = [];
  for (const { repository, commit, files } of sources) {
    for (const file of files) {
      const url = `https://raw.githubusercontent.com/${repository}/${commit}/${file.path}`;
      const text = await get(url);
      const hash = createHash("sha256").update(text).digest("hex");
      if (hash !== file.hash) throw new Error(`${url} has the SHA-256 ${hash}, and not ${file.hash}.`);
      await writeFile(join(folder, file.name), partOf(text, file));
      names.push(file.name);
    }
  }
  return names;
}

function partOf(text: string, { path, resource }: SchemaFile): string {
  if (resource === undefined) return text;
  const found = text
    .split(/^---\n/m)
    .find((part) => resourceSchema.safeParse(parse(part)).data?.metadata.name === resource);
  if (found === undefined) throw new Error(`${path} has no resource ${resource}.`);
  return found;
}
