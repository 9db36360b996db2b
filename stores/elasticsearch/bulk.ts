import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { type Elasticsearch, statusOf } from "./connection.ts";

/** One line of a bulk request, or two: `action` such as {"create":{…}}, and the document where it has one, both as JSON. */
export interface BulkOperation {
  readonly action: string;
  readonly document?: string;
}

/** What became of one operation. */
export interface BulkOutcome {
  /** The HTTP status of the operation; 503 also for one that no answer came for. */
  readonly status: number;
  /** What the server says against it. */
  readonly reason?: string | undefined;
}

/**
 * Writes in bulks of bounded count and size, one after the other; the outcome at position i is of operations[i]. What the
 * server has no room for now (429, 502, 503, 504, no answer) is tried again after growing pauses until
 * `retryMilliseconds` are over, and then has that status as its outcome. `random` draws from [0, 1): pauses differ, so
 * that writers who were refused together do not come back together.
 */
export async function bulk(
  elasticsearch: Elasticsearch,
  purpose: string,
  operations: readonly BulkOperation[],
  random: () => number = Math.random,
): Promise<BulkOutcome[]> {
  const outcomes: BulkOutcome[] = new Array(operations.length);
  const deadline = Date.now() + elasticsearch.options.retryMilliseconds;
  for (let from = 0; from < operations.length; ) {
    const to = endOfBulk(operations, from);
    let open = Array.from({ length: to - from }, (_, i) => from + i);
    for (let attempt = 0; ; attempt++) {
      const answers = await send(elasticsearch, purpose, operations, open);
      for (const [i, position] of open.entries()) outcomes[position] = answers[i] ?? noAnswer;
      open = open.filter((position) => canRecover(outcomes[position]?.status ?? 0));
      const pause = Math.min(maxPause, firstPause * 2 ** attempt) * (0.5 + random() / 2);
      if (open.length === 0 || Date.now() + pause > deadline) break;
      await sleep(pause);
    }
    from = to;
  }
  return outcomes;
}

/** Whether the same operation may succeed later. */
export function canRecover(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}

/** Beyond some 5 MB a bulk is not faster, only harder to find memory for. */
const maxBytes = 5_000_000;
const maxOperations = 5_000;
const firstPause = 100;
const maxPause = 5_000;

const noAnswer: BulkOutcome = { status: 503, reason: "no answer" };

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
        // Only what is read of an answer that would else be as long as the question.
        querystring: { filter_path: "items.*.status,items.*.error.reason,items.*.error.caused_by.reason" },
        bulkBody: body,
      });
      return answerSchema.parse(answer).items.flatMap((item) => Object.values(item).map(outcomeOf));
    } catch (error) {
      const status = statusOf(error);
      // Refused credentials do not become right by asking again; a dropped connection or a full server may.
      if (status !== undefined && !canRecover(status)) throw error;
      const reason = elasticsearch.failure(purpose, error).message;
      return positions.map(() => ({ status: status ?? 503, reason }));
    }
  });
}

const itemSchema = z.object({
  status: z.int(),
  error: z
    .object({ reason: z.string().nullish(), caused_by: z.object({ reason: z.string().nullish() }).optional() })
    .optional(),
});
const answerSchema = z.object({ items: z.array(z.record(z.string(), itemSchema)) });

function outcomeOf({ status, error }: z.infer<typeof itemSchema>): BulkOutcome {
  if (error === undefined) return { status };
  return { status, reason: error.caused_by?.reason ?? error.reason ?? undefined };
}
