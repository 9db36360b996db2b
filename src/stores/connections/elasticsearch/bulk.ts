import * as z from "zod";
import { type Elasticsearch, isTransient, statusOf } from "./connection.ts";
import { isPassing, Retries } from "./retry.ts";

/** One operation of a bulk request, as JSON: `action` such as {"create":{…}}, and the document if it takes one. */
export interface BulkOperation {
  readonly action: string;
  readonly document?: string;
}

/** What became of one operation. */
export interface BulkOutcome {
  /** The HTTP status of the operation; 503 if there was no response. */
  readonly status: number;
  /** The type of the server's error, such as document_parsing_exception. */
  readonly type?: string | undefined;
  /** The server's error message. */
  readonly reason?: string | undefined;
}

/**
 * Writes in bulks of bounded count and size, one after the other; the outcome at position i is that of operations[i].
 * Operations that the server cannot take now (429, 502, 503, 504, no response) are repeated at growing intervals until
 * `retryMilliseconds` have passed, and then have that status as their outcome. An operation may have succeeded although
 * its response was lost: a repeated `create` then has the status 409.
 */
export async function bulk(
  elasticsearch: Elasticsearch,
  purpose: string,
  operations: readonly BulkOperation[],
): Promise<BulkOutcome[]> {
  const outcomes: BulkOutcome[] = new Array(operations.length);
  const retries = new Retries(elasticsearch.options);
  for (let from = 0; from < operations.length; ) {
    const to = endOfBulk(operations, from);
    let open = Array.from({ length: to - from }, (_, i) => from + i);
    do {
      const answers = await send(elasticsearch, purpose, operations, open);
      for (const [i, position] of open.entries()) outcomes[position] = answers[i] ?? noAnswer;
      open = open.filter((position) => isPassing(outcomes[position]?.status ?? noAnswer.status));
    } while (open.length > 0 && (await retries.wait()));
    from = to;
  }
  return outcomes;
}

/** Beyond about 5 MB a bulk is no faster, and takes more of the server's memory. */
const maxBytes = 5_000_000;
const maxOperations = 5_000;

const noAnswer: BulkOutcome = { status: 503, reason: "no response" };

function endOfBulk(operations: readonly BulkOperation[], from: number): number {
  let size = 0;
  for (let to = from; to < Math.min(operations.length, from + maxOperations); to++) {
    size += (operations[to]?.action.length ?? 0) + (operations[to]?.document?.length ?? 0);
    if (size > maxBytes && to > from) return to;
  }
  return Math.min(operations.length, from + maxOperations);
}

async function send(
  elasticsearch: Elasticsearch,
  purpose: string,
  operations: readonly BulkOperation[],
  positions: readonly number[],
): Promise<readonly BulkOutcome[]> {
  let body = "";
  for (const position of positions) {
    const operation = operations[position];
    body +=
      operation?.document === undefined ? `${operation?.action}\n` : `${operation.action}\n${operation.document}\n`;
  }
  return elasticsearch.run(purpose, async (client) => {
    try {
      const answer = await client.transport.request({
        method: "POST",
        path: "/_bulk",
        // Only what is read below; the full response would be as long as the request.
        querystring: {
          filter_path: "items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason",
        },
        bulkBody: body,
      });
      return answerSchema.parse(answer).items.flatMap((item) => Object.values(item).map(outcomeOf));
    } catch (error) {
      // Repeating helps against a dropped connection or a full server, not against refused credentials.
      if (!isTransient(error)) throw error;
      const outcome = { status: statusOf(error) ?? 503, reason: elasticsearch.explain(error) };
      return positions.map(() => outcome);
    }
  });
}

const itemSchema = z.object({
  status: z.int(),
  error: z
    .object({
      type: z.string().optional(),
      reason: z.string().nullish(),
      caused_by: z.object({ reason: z.string().nullish() }).optional(),
    })
    .optional(),
});
const answerSchema = z.object({ items: z.array(z.record(z.string(), itemSchema)) });

function outcomeOf({ status, error }: z.infer<typeof itemSchema>): BulkOutcome {
  if (error === undefined) return { status };
  const { type, reason, caused_by } = error;
  const cause = caused_by?.reason ?? undefined;
  return { status, type, reason: [reason ?? undefined, cause].filter((text) => text !== undefined).join(": ") };
}
