import fastify from "fastify";
import { begin } from "#runtime/begin.ts";
import { modelMetrics } from "#runtime/metrics/model.ts";
import { predictionMetrics } from "#runtime/metrics/predictions.ts";
import { requestMetrics } from "#runtime/metrics/requests.ts";
import { storeErrorMetrics } from "#runtime/metrics/store-errors.ts";
import { storeRetryMetrics } from "#runtime/metrics/store-retries.ts";
import { stopOnSignals } from "#runtime/shutdown.ts";
import { storeOptionsOf } from "#runtime/store-settings.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { configSchema } from "./config.ts";
import { jsonScope } from "./json-scope.ts";
import { LazyFeatureStore } from "./lazy-feature-store.ts";
import { predictRoutes } from "./routes.ts";
import { predictServices } from "./services.ts";

begin("predict", configSchema, async ({ config, logger, metrics, now }) => {
  const stores = new StoreConnections(storeOptionsOf(config, storeRetryMetrics(metrics).retried), now);
  const services = predictServices({
    models: await stores.modelStore(),
    // Opened for the first user id: most requests bring their features along, and it takes longer to load than all else.
    features: new LazyFeatureStore(() => stores.featureStore()),
    alias: config.ALIAS,
    metrics: {
      requests: requestMetrics(metrics),
      predictions: predictionMetrics(metrics),
      model: modelMetrics(metrics),
      storeErrors: storeErrorMetrics(metrics),
    },
    logger,
    now,
  });
  const { champion } = services;

  const app = fastify({ logger: false });
  jsonScope(app, logger);
  predictRoutes(app, services);
  app.get("/metrics", async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()));
  app.get("/healthz", async () => ({ status: "alive" }));
  app.get("/readyz", async (_request, reply) =>
    champion.ready ? { status: "ready" } : reply.code(503).send({ status: "no model is in service" }),
  );

  stopOnSignals({
    steps: [
      { name: "the server", stop: () => app.close() },
      { name: "the model", stop: () => champion.close() },
      { name: "the stores", stop: () => stores.close() },
    ],
    limitMilliseconds: config.DRAIN_SECONDS * 1000,
    logger,
    process,
  });

  // Live at once, ready when the model is.
  const [address] = await Promise.all([app.listen({ host: "::", port: config.PORT }), champion.refresh()]);
  champion.follow(config.POLL_MS);
  logger.info(
    {
      "event.action": "start",
      "url.full": address,
      "server.port": app.addresses()[0]?.port,
      // From then until this entry is the part of a cold start that is ours.
      "process.start": new Date(performance.timeOrigin).toISOString(),
    },
    "predict listens.",
  );
});
