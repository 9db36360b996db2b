import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { jsonText } from "#churn/json-text.ts";
import { bulk } from "../../connections/elasticsearch/bulk.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { countDocuments, refresh } from "../../connections/elasticsearch/search.ts";
import { StoreUnavailable } from "../../failures.ts";
import type { BackupSource } from "../backup-place.ts";
import type { BackupFile } from "../manifest.ts";
import { indicesOf } from "./index-kinds.ts";

const purpose = "restore to Elasticsearch";

/** Throws InvalidInput if an index of this prefix has a document. */
export async function requireNoDocuments(elasticsearch: Elasticsearch, advice: string): Promise<void> {
  const pattern = elasticsearch.index("*");
  await refresh(elasticsearch, purpose, pattern);
  const documents = await countDocuments(elasticsearch, purpose, pattern, { match_all: {} });
  if (documents > 0)
    throw new InvalidInput(
      `${pattern} in Elasticsearch is not empty: ${documents.toLocaleString("en")} documents. ${advice}`,
    );
}

/**
 * Deletes every document of this prefix, and writes those of the backup. The templates must be installed. If it breaks off, it is to be
 * repeated: every document has its id. Throws StoreUnavailable.
 */
export async function loadIndexFiles(
  elasticsearch: Elasticsearch,
  source: BackupSource,
  files: readonly BackupFile[],
): Promise<void> {
  await removeDocuments(elasticsearch);
  for (const file of files) {
    if (!file.name.startsWith("documents/")) continue;
    const lines = (await decompressed(await source.read(file))).toString("utf8").split("\n");
    const operations = lines.flatMap((line) => {
      if (line === "") return [];
      const { index, id, source: document } = lineSchema.parse(line);
      return [
        {
          action: JSON.stringify({ index: { _index: elasticsearch.index(index), _id: id } }),
          document: JSON.stringify(document),
        },
      ];
    });
    const failed = (await bulk(elasticsearch, purpose, operations)).find(({ status }) => status >= 300);
    if (failed !== undefined)
      throw new StoreUnavailable(
        `Could not ${purpose}: ${failed.reason ?? failed.status}. Restore again with --replace.`,
      );
  }
  await refresh(elasticsearch, purpose, elasticsearch.index("*"));
}

/** Those that are not of a month are made anew, since what reads them expects them to be there. */
async function removeDocuments(elasticsearch: Elasticsearch): Promise<void> {
  for (const index of await removeIndices(elasticsearch))
    await elasticsearch.run(purpose, (client) => client.indices.create({ index }));
}

/**
 * Deletes every index of this prefix, by name, because patterns may be forbidden. Returns those that are not of a month, which have to
 * be there.
 */
export async function removeIndices(elasticsearch: Elasticsearch): Promise<string[]> {
  const indices = await indicesOf(elasticsearch);
  for (const index of indices) await elasticsearch.find(purpose, (client) => client.indices.delete({ index }));
  return indices.filter((index) => !/\d{4,}\.\d\d$/.test(index));
}

const decompressed = promisify(gunzip);
const lineSchema = jsonText(
  z.object({ index: z.string().min(1), id: z.string().min(1), source: z.record(z.string(), z.unknown()) }),
);
