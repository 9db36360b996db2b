import * as z from "zod";
import type { StoreAttributes } from "../../store-spans.ts";

/** A request of the client, as its diagnostics tell of it. */
export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** What a span tells of a request: which indices it is about, without ids of documents and without the query. */
export function requestAttributes({ method, path, body }: SentRequest): StoreAttributes {
  const [first, second] = path.split("/").filter((part) => part !== "");
  const isOfIndex = first !== undefined && !first.startsWith("_");
  const operation = isOfIndex ? second : first;
  const index = isOfIndex ? decodeURIComponent(first) : firstIndexOf(body);
  return {
    "http.request.method": method,
    ...(operation !== undefined && { "db.operation.name": operation.replace(/^_/, "") }),
    ...(index !== undefined && { "db.collection.name": index }),
  };
}

/** How many documents a response tells of; none for one that tells of none. */
export function responseAttributes(body: unknown): StoreAttributes {
  const parsed = answers.safeParse(body);
  if (!parsed.success) return {};
  const { items, docs, hits } = parsed.data;
  const count = (items ?? docs ?? hits?.hits)?.length;
  return count === undefined ? {} : { "db.response.returned_rows": count };
}

const list = z.array(z.unknown());
const answers = z.object({
  items: list.optional(),
  docs: list.optional(),
  hits: z.object({ hits: list.optional() }).optional(),
});

const bulkLine = z.record(z.string(), z.object({ _index: z.string() }));

/** That of the first operation of a bulk request, or of the first document of one that gets many. */
function firstIndexOf(body: unknown): string | undefined {
  if (typeof body !== "string") return undefined;
  const line = body.slice(0, body.indexOf("\n"));
  try {
    const parsed = bulkLine.safeParse(JSON.parse(line));
    return parsed.success ? Object.values(parsed.data)[0]?._index : undefined;
  } catch {
    return undefined;
  }
}
