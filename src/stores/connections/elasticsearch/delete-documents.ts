import { bulk } from "./bulk.ts";
import type { DocumentAddress } from "./change-document.ts";
import type { Elasticsearch } from "./connection.ts";
import { requireWritten } from "./require-written.ts";
import { type Query, refresh, searchAddresses } from "./search.ts";

/**
 * Deletes every matching document, one by one, as not every server can delete by query. Returns how many there were,
 * once searches no longer find them. Throws StoreUnavailable.
 */
export async function deleteMatching(
  elasticsearch: Elasticsearch,
  purpose: string,
  index: string,
  query: Query,
): Promise<number> {
  await refresh(elasticsearch, purpose, index);
  let deleted = 0;
  const pages = searchAddresses(elasticsearch, purpose, { index, query, sort: ["_doc"], pageSize });
  for await (const page of pages) deleted += await deleteDocuments(elasticsearch, purpose, page);
  await refresh(elasticsearch, purpose, index);
  return deleted;
}

/** Deletes documents, if they exist. Returns how many did. Throws StoreUnavailable. */
export async function deleteDocuments(
  elasticsearch: Elasticsearch,
  purpose: string,
  addresses: readonly DocumentAddress[],
): Promise<number> {
  const operations = addresses.map(({ index: _index, id: _id }) => ({
    action: JSON.stringify({ delete: { _index, _id } }),
  }));
  const outcomes = await bulk(elasticsearch, purpose, operations);
  requireWritten(purpose, outcomes, [isGone]);
  return outcomes.filter(({ status }) => status === 200).length;
}

const isGone = 404;
const pageSize = 5_000;
