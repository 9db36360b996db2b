import * as z from "zod";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";

/** Computed from the actions again, or begun anew, by the next run of features; a restored state of theirs would be taken for the present one. */
export const derivedKinds: ReadonlySet<string> = new Set(["user-days", "roll-up", "runs"]);

/** The indices of this installation, in the order of their names. Throws StoreUnavailable. */
export async function indicesOf(elasticsearch: Elasticsearch): Promise<string[]> {
  const answer = await elasticsearch.runPatiently("list the indices", (client) =>
    client.indices.resolveIndex({ name: elasticsearch.index("*") }),
  );
  return resolvedSchema
    .parse(answer)
    .indices.map(({ name }) => name)
    .sort();
}

/** `lapse-actions-2026.01` is of the kind `actions`. */
export function kindOf(elasticsearch: Elasticsearch, index: string): string {
  return index.slice(elasticsearch.index("").length).replace(/-\d{4,}\.\d\d$/, "");
}

/** The name of a file with documents, of which there are as many as needed. */
export function linesName(number: number): string {
  return `documents/${String(number).padStart(8, "0")}.ndjson.gz`;
}

const resolvedSchema = z.object({ indices: z.array(z.object({ name: z.string() })) });
