import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { createLogger } from "#runtime/logging.ts";
import type { Elasticsearch } from "#stores/connections/elasticsearch/connection.ts";
import { removePrefix } from "#stores/connections/elasticsearch/remove-prefix.ts";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { readPipeline } from "../check/read-pipeline.ts";
import { runPipeline } from "../check/run-pipeline.ts";

const templateSchema = z.object({
  priority: z.int(),
  version: z.int(),
  template: z.looseObject({ mappings: z.looseObject({}), settings: z.looseObject({}) }),
});

describe("the index template of logs, on a real Elasticsearch", () => {
  let elasticsearch: Elasticsearch;
  let index: string;

  beforeAll(async () => {
    elasticsearch = testConnection();
    index = elasticsearch.index("functions-2026.11");
    const text = await readFile(new URL("./logs-template.json", import.meta.url), "utf8");
    const { template, ...rest } = templateSchema.parse(JSON.parse(text));
    const name = elasticsearch.index("logs");
    const index_patterns = [elasticsearch.index("*")];
    await elasticsearch.run("install the template", (client) =>
      client.indices.putIndexTemplate({ name, index_patterns, template, ...rest }),
    );
    for (const [id, document] of (await documents()).entries()) {
      await elasticsearch.run("index a line", (client) =>
        client.index({ index, id: String(id), document, refresh: "true" }),
      );
    }
  });

  afterAll(async () => {
    await removePrefix(elasticsearch);
    await elasticsearch.close();
  });

  it.each([
    ["log.level: error", { term: { "log.level": "error" } }, 1],
    ["service.name", { term: { "service.name": "lapse-ingest" } }, 2],
    ["a trace", { term: { "trace.id": "0af7651916cd43dd8448eb211c80319c" } }, 1],
    ["the type of an error", { term: { "error.type": "TypeError" } }, 1],
    ["words of a message", { match: { message: "store" } }, 1],
    ["the pod", { term: { "kubernetes.pod.name": "ingest-1" } }, 3],
    ["a time", { range: { "@timestamp": { gte: "2026-11-23T10:00:00Z", lt: "2026-11-23T10:00:01Z" } } }, 2],
    ["a line that is no JSON", { match: { message: "heap" } }, 1],
    ["a field that is not indexed, in nothing", { exists: { field: "anything" } }, 0],
  ])("finds lines by %s", async (_, query, hits) => {
    const answer = await elasticsearch.run("search", (client) => client.search({ index, query }));
    expect(answer.hits.hits).toHaveLength(hits);
  });

  it("keeps what is not indexed", async () => {
    const answer = await elasticsearch.run("get a line", (client) => client.get({ index, id: "0" }));
    expect(answer._source).toMatchObject({ anything: "else" });
  });
});

/** The pipeline's output for two lines of a function's logger and one of the runtime. */
async function documents() {
  const lines: string[] = [];
  const now = () => Date.UTC(2026, 10, 23, 10);
  const stream = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ service: "lapse-ingest", level: "info", now }, { stream, friendly: false });
  logger.info(
    { "trace.id": "0af7651916cd43dd8448eb211c80319c", "event.action": "start", anything: "else" },
    "Started.",
  );
  logger.error({ error: new TypeError("full") }, "Could not store.");
  lines.push("FATAL ERROR: Reached heap limit");
  const pipeline = await readPipeline("functions");
  const kubernetes = { namespace: "lapse", pod: { name: "ingest-1" } };
  return lines.flatMap((message) =>
    runPipeline(pipeline, { "@timestamp": "2026-11-23T10:00:05.000Z", message, kubernetes }).map(({ event }) => event),
  );
}
