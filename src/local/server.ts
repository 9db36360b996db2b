import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import type { Registry } from "prom-client";
import { NotFound } from "#churn/failure.ts";
import { handle as ingest } from "#functions/ingest/function.ts";
import type { IngestServices } from "#functions/ingest/ingest-items.ts";
import { jsonScope } from "#functions/predict/json-scope.ts";
import { predictRoutes } from "#functions/predict/routes.ts";
import type { PredictServices } from "#functions/predict/services.ts";
import { correlateRequests } from "#runtime/correlate-requests.ts";
import { correlationFields, correlationOf } from "#runtime/correlation.ts";
import { mountHandler } from "#runtime/fastify-handler.ts";
import type { HttpHandler } from "#runtime/http.ts";
import type { Logger } from "#runtime/logging.ts";
import type { RequestMetrics } from "#runtime/metrics/requests.ts";
import type { Stores } from "#stores/open-stores.ts";
import { brokerEndpoint } from "./broker-endpoint.ts";
import { renderPage } from "./page/page.ts";
import { pageView } from "./page/view.ts";
import type { Wiring } from "./wiring.ts";

export interface LocalServerOptions {
  readonly stores: Stores;
  readonly wiring: Wiring;
  readonly ingest: IngestServices;
  readonly predict: PredictServices;
  readonly metrics: Registry;
  readonly requests: RequestMetrics;
  readonly logger: Logger;
  /** Largest body that ingest takes, in bytes. */
  readonly bodyLimit: number;
}

/**
 * Every function on one port: POST /events (ingest), POST /broker (any CloudEvent), POST /run/<PingSource> (its event,
 * now), /v1 and /v2 (predict), /metrics, /healthz, /readyz, and pages for people at / and /models/<version>.
 */
export function createLocalServer(options: LocalServerOptions): FastifyInstance {
  const { stores, wiring, predict, metrics, logger } = options;
  const app = fastify({ logger: false });
  correlateRequests(app);
  jsonScope(app, logger, { fieldsOf: ({ headers }) => correlationFields(correlationOf(headers)) });
  predictRoutes(app, predict);
  const { storeErrors } = predict.metrics;
  const events = { bodyLimit: options.bodyLimit, requests: options.requests, storeErrors, logger };
  const ingestActions: HttpHandler = (request) => ingest(request, options.ingest);
  mountHandler(app, { name: "ingest", path: "/events", handle: ingestActions, ...events });
  mountHandler(app, { name: "broker", path: "/broker", handle: brokerEndpoint(wiring.broker), ...events });
  app.post<{ Params: { name: string } }>("/run/:name", async ({ params, headers }, reply) => {
    // By hand, to take in what was just sent: the present day counts too.
    const traceparent = headers.traceparent?.toString();
    const event = wiring.schedule.due(params.name, { through: "today" }, traceparent);
    return reply.code(202).send({ accepted: { id: event.id, type: event.type, source: event.source } });
  });
  app.get("/metrics", async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()));
  app.get("/healthz", async () => ({ status: "alive" }));
  app.get("/readyz", async (_request, reply) =>
    predict.champion.ready ? { status: "ready" } : reply.code(503).send({ status: "no model is in service" }),
  );
  app.get("/", async (request, reply) =>
    sendPage(reply, renderPage(await pageView(stores, request.host, predict.now()))),
  );
  app.get<{ Params: { version: string } }>("/models/:version", async ({ params }, reply) => {
    if (!(await stores.models.versions()).includes(params.version))
      throw new NotFound(`There is no model version ${params.version}.`);
    return sendPage(reply, await stores.models.report(params.version));
  });
  return app;
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply.type("text/html; charset=utf-8").header("cache-control", "no-store").send(page);
}
