import * as z from "zod";
import { dayOf } from "#churn/day.ts";
import { bulk } from "../../connections/elasticsearch/bulk.ts";
import { type Elasticsearch, statusOf } from "../../connections/elasticsearch/connection.ts";
import { indexOf, patternOf } from "../../connections/elasticsearch/monthly-indices.ts";
import { requireWritten } from "../../connections/elasticsearch/require-written.ts";
import { type Query, refresh, search } from "../../connections/elasticsearch/search.ts";
import { Lazy } from "../../lazy.ts";
import { monthOf } from "../../month.ts";
import { type Audit, type AuditEntry, type AuditRange, auditEntry, checkEntry } from "../audit.ts";
import { auditIndices, installAuditTemplate } from "./indices.ts";

/**
 * The audit in Elasticsearch, an index for each month: for any number of processes. Documents are only ever created, so a
 * user with the privilege `create_doc` can add to it and change nothing.
 */
export class ElasticsearchAudit implements Audit {
  readonly #elasticsearch: Elasticsearch;
  readonly #prepared: Lazy<void>;

  /** The caller closes `elasticsearch`; the server may be away. */
  constructor(elasticsearch: Elasticsearch) {
    this.#elasticsearch = elasticsearch;
    this.#prepared = new Lazy(() => installIfAllowed(elasticsearch));
  }

  async append(entry: AuditEntry): Promise<void> {
    checkEntry(entry);
    await this.#prepared.get();
    const purpose = "add to the audit";
    const _index = indexOf(this.#elasticsearch, auditIndices, monthOf(dayOf(entry.at)));
    const operation = {
      action: JSON.stringify({ create: { _index, _id: entry.id } }),
      document: JSON.stringify(documentOf(entry)),
    };
    requireWritten(purpose, await bulk(this.#elasticsearch, purpose, [operation]), [isThere]);
  }

  async *entries(range: AuditRange = {}): AsyncIterable<AuditEntry> {
    const purpose = "read the audit";
    const index = patternOf(this.#elasticsearch, auditIndices);
    await refresh(this.#elasticsearch, purpose, index);
    const pages = search(this.#elasticsearch, purpose, {
      index,
      query: queryOf(range),
      sort: [{ "@timestamp": "desc" }],
      schema: documentSchema,
      mayLeaveOut: "any",
      onUnreadable: range.onUnreadable,
      pageSize: 1_000,
    });
    for await (const page of pages) yield* page;
  }
}

/** The predictor's user may add to the audit and no more: `lapse setup` has installed the template for it. */
async function installIfAllowed(elasticsearch: Elasticsearch): Promise<void> {
  const name = elasticsearch.index(auditIndices);
  const isAllowed = await elasticsearch.runPatiently("look for the template of the audit", (client) =>
    client.indices.getIndexTemplate({ name }).then(
      () => true,
      (error: unknown) => {
        if (statusOf(error) === 403) return false;
        if (statusOf(error) === 404) return true;
        throw error;
      },
    ),
  );
  if (isAllowed) await installAuditTemplate(elasticsearch);
}

/** The status of creating a document that exists. */
const isThere = 409;

function documentOf({ id, at, action, who, from, target, reason, count, details }: AuditEntry) {
  return {
    "@timestamp": at,
    event: { id, action },
    user: { name: who },
    source: { address: from },
    lapse: { target, reason, count, details },
  };
}

const documentSchema = z
  .object({
    "@timestamp": z.int(),
    event: z.object({ id: z.string(), action: z.string() }),
    user: z.object({ name: z.string() }),
    source: z.object({ address: z.string() }),
    lapse: auditEntry.pick({ target: true, reason: true, count: true, details: true }),
  })
  .transform(
    ({ "@timestamp": at, event, user, source, lapse }): AuditEntry => ({
      ...event,
      at,
      who: user.name,
      from: source.address,
      ...lapse,
    }),
  );

function queryOf({ from, to, action }: AuditRange): Query {
  const limits = { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lt: to }) };
  // A range without limits would pass over a document without a time, of which nobody would be told.
  const time = from === undefined && to === undefined ? { match_all: {} } : { range: { "@timestamp": limits } };
  if (action === undefined) return { bool: { filter: [time] } };
  const named = [{ term: { "event.action": action } }, { prefix: { "event.action": `${action}.` } }];
  return { bool: { filter: [time, { bool: { should: named, minimum_should_match: 1 } }] } };
}
