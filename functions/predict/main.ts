import { join } from "node:path";
import fastify from "fastify";
import { begin } from "../../runtime/begin.ts";
import { modelMetrics } from "../../runtime/metrics/model.ts";
import { predictionMetrics } from "../../runtime/metrics/predictions.ts";
import { requestMetrics } from "../../runtime/metrics/requests.ts";
import { stopOnSignals } from "../../runtime/shutdown.ts";
import { DirectoryRegistry } from "../../stores/models/directory-registry.ts";
import { configSchema } from "./config.ts";
import { jsonScope } from "./json-scope.ts";
import { LazyFeatureStore } from "./lazy-feature-store.ts";
import { predictRoutes } from "./routes.ts";
import { predictServices } from "./services.ts";

const { config, log, registry: metrics, now } = begin("predict", configSchema);
const features = new LazyFeatureStore(async () => {
  // Imported for the first user id, because DuckDB takes longer to load than all else together.
  const { openDuckDb } = await import("../../stores/duckdb/database.ts");
  const { DuckDbFeatureStore } = await import("../../stores/features/duckdb-feature-store.ts");
  const database = await openDuckDb(join(config.DATA_DIR, "lapse.duckdb"));
  const store = await DuckDbFeatureStore.open(database);
  return { get: (userIds) => store.get(userIds), close: () => database.close() };
});
const services = predictServices({
  registry: await DirectoryRegistry.open(join(config.DATA_DIR, "models"), { now }),
  features,
  alias: config.ALIAS,
  metrics: {
    requests: requestMetrics(metrics),
    predictions: predictionMetrics(metrics),
    model: modelMetrics(metrics),
  },
  log,
  now,
});
const { champion } = services;

const app = fastify({ logger: false });
jsonScope(app, log);
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
    { name: "the feature store", stop: () => features.close() },
  ],
  limitMilliseconds: config.DRAIN_SECONDS * 1000,
  log,
  process,
});

// Live at once, ready when the model is.
const [address] = await Promise.all([app.listen({ host: "::", port: config.PORT }), champion.refresh()]);
champion.follow(config.POLL_MS);
log.info({ "event.action": "start", "url.full": address }, "predict listens.");
