import * as z from "zod";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { getDocuments } from "../../connections/elasticsearch/get-documents.ts";
import { indexOf } from "../../connections/elasticsearch/monthly-indices.ts";
import type { Month } from "../../month.ts";
import { type ActionContent, isSameContent } from "../same-content.ts";
import { type Entry, keyOf } from "./entries.ts";

/** Undefined for a document that is not as lapse writes it: then nothing is told of it. */
const stored = z
  .object({
    "@timestamp": z.iso.datetime().transform((at) => Date.parse(at)),
    event: z.object({ action: z.string() }),
    user: z.object({ id: z.string() }),
    lapse: z.object({ value: z.number().nullish() }),
  })
  .optional()
  .catch(undefined);

/** What is compared. */
const fields = ["@timestamp", "event.action", "user.id", "lapse.value"];

/** Those of the entries, which are stored already, whose content is not that of the stored action with the same id. */
export async function differingEntries(
  elasticsearch: Elasticsearch,
  entries: readonly Entry[],
): Promise<readonly Entry[]> {
  const byMonth = new Map<Month, Entry[]>();
  for (const entry of entries) {
    const own = byMonth.get(entry.month) ?? [];
    own.push(entry);
    byMonth.set(entry.month, own);
  }
  const contents = new Map<string, ActionContent>();
  for (const [month, own] of byMonth) {
    const ids = [...new Set(own.map(({ id }) => id))];
    const index = indexOf(elasticsearch, "actions", month);
    const found = await getDocuments(elasticsearch, "look for contradictions", { index, ids, schema: stored, fields });
    for (const { _id: id, _source: source } of found)
      if (source !== undefined)
        contents.set(keyOf({ month, id }), {
          userId: source.user.id,
          action: source.event.action,
          time: source["@timestamp"],
          value: source.lapse.value ?? undefined,
        });
  }
  return entries.filter((entry) => {
    const content = contents.get(keyOf(entry));
    return content !== undefined && !isSameContent(entry.action, content);
  });
}
