import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { connectMinio } from "#stores/connections/minio/connection.ts";
import { MinioModelStore } from "#stores/models/minio/model-store.ts";
import type { ModelArtifact } from "#stores/models/model-store.ts";

/** Servers in this process that respond as Elasticsearch and MinIO do to what a function sends first. */
export interface StandInServers {
  /** What a function needs to find them. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Starts them: for builds and benchmarks, where real ones may be absent or would share the processors with what is measured. The templates of
 * Elasticsearch's indices are there already, every operation of a bulk creates a document, and none of the other indices
 * exists; `champion` is the champion in the bucket.
 */
export async function startStandInServers(champion: ModelArtifact): Promise<StandInServers> {
  const elasticsearch = await serve(asElasticsearch);
  const minio = await serve(asMinio());
  const [accessKey, secretKey, bucket] = ["nobody", "nothing at all", "lapse"];
  const options = { url: minio.url, accessKey, secretKey, bucket, timeoutMilliseconds: 10_000, random: Math.random };
  const models = MinioModelStore.open(connectMinio(options), { now: Date.now });
  await models.publish(champion);
  await models.moveAlias("champion", champion.manifest.version, undefined, { by: "build", reason: "to start with it" });
  return {
    environment: {
      ELASTICSEARCH_URL: elasticsearch.url,
      MINIO_URL: minio.url,
      MINIO_ACCESS_KEY: accessKey,
      MINIO_SECRET_KEY: secretKey,
      MINIO_BUCKET: bucket,
    },
    close: async () => {
      await elasticsearch.close();
      await minio.close();
    },
  };
}

async function serve(listener: RequestListener): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function asElasticsearch(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const answer = elasticsearchAnswer(pathname, body);
  response.writeHead(answer === undefined ? 404 : 200, {
    "content-type": "application/vnd.elasticsearch+json;compatible-with=9",
    "x-elastic-product": "Elasticsearch",
  });
  response.end(JSON.stringify(answer ?? { error: { type: "index_not_found_exception" }, status: 404 }));
}

/** Those that ingest needs. */
const templates = ["lapse-actions", "lapse-user-days", "lapse-roll-up"];

function elasticsearchAnswer(path: string, body: string): object | undefined {
  if (path === "/") return { version: { number: "9.4.3", build_flavor: "default" } };
  if (path.startsWith("/_index_template/")) {
    const names = path.endsWith("*") ? templates : [basename(path)];
    // Later than any.
    return { index_templates: names.map((name) => ({ name, index_template: { version: 1_000_000 } })) };
  }
  if (path === "/_bulk") {
    const operations = body.split("\n").filter((line) => line.startsWith('{"create"'));
    return { items: operations.map(() => ({ create: { status: 201 } })) };
  }
  return undefined;
}

/** Objects that are created, replaced and read. */
function asMinio(): RequestListener {
  const objects = new Map<string, Buffer>();
  return async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const sent = await buffer(request);
    const isWrite = request.method === "PUT";
    if (isWrite) objects.set(pathname, sent);
    const content = objects.get(pathname);
    // By this it is known to be S3.
    response.setHeader("x-amz-request-id", "1");
    if (content === undefined) return void respondMissing(response);
    response.setHeader("etag", `"${createHash("md5").update(content).digest("hex")}"`);
    response.end(isWrite ? undefined : content);
  };
}

function respondMissing(response: ServerResponse): void {
  response.writeHead(404, { "content-type": "application/xml" });
  response.end("<Error><Code>NoSuchKey</Code><Message>It is not there.</Message></Error>");
}
