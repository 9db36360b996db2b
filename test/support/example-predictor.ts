import { mkdtemp, rm } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "prom-client";
import type { ModelManifest } from "#churn/model/manifest.ts";
import type { RowSource } from "#functions/predict/feature-memory.ts";
import { type PredictServices, predictServices } from "#functions/predict/services.ts";
import { v1Routes } from "#functions/predict/v1-routes.ts";
import { v2Routes } from "#functions/predict/v2-routes.ts";
import { fastifyServer } from "#runtime/fastify-server.ts";
import { createLogger } from "#runtime/logging.ts";
import { modelMetrics } from "#runtime/metrics/model.ts";
import { predictionMetrics } from "#runtime/metrics/predictions.ts";
import { requestMetrics } from "#runtime/metrics/requests.ts";
import { storeErrorMetrics } from "#runtime/metrics/store-errors.ts";
import { Responder } from "#runtime/responder.ts";
import { DirectoryModelStore } from "#stores/models/directory/model-store.ts";
import type { ModelStore } from "#stores/models/model-store.ts";
import { exampleModel } from "./example-model.ts";
import { exampleNote } from "./example-note.ts";

/** A predictor on a port of its own, with models in a temporary directory unless it is given a store. */
export interface ExamplePredictor {
  readonly url: string;
  readonly services: PredictServices;
  readonly models: ModelStore;
  /** The directory of its own models. */
  readonly directory: string;
  readonly metrics: Registry;
  /** Log entries, as JSON text. */
  readonly logged: readonly string[];
  /** Publishes a version made by `exampleModel`. */
  publish(version: string, overrides?: Partial<ModelManifest>): Promise<void>;
  /** Points the champion at a version, without a word to the predictor. */
  move(version: string): Promise<void>;
  /** Publishes a version, points the champion at it and has it loaded. */
  promote(version: string, overrides?: Partial<ModelManifest>): Promise<void>;
  get(path: string): Promise<Answer>;
  post(path: string, body: unknown): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

const noFeatures: RowSource = { get: async () => new Map() };

/** There is no model in service before the first `promote`. */
export async function startExamplePredictor(
  options: { features?: RowSource; models?: ModelStore; now?: () => number } = {},
): Promise<ExamplePredictor> {
  const { features = noFeatures, now = () => Date.UTC(2024, 5, 1, 12) } = options;
  const directory = await mkdtemp(join(tmpdir(), "lapse-predict-"));
  const models = options.models ?? (await DirectoryModelStore.open(directory, { now }));
  const metrics = new Registry();
  const logged: string[] = [];
  const stream = { write: (line: string) => void logged.push(line) };
  const logger = createLogger({ service: "predict", level: "info" }, { stream, friendly: false });
  const storeErrors = storeErrorMetrics(metrics);
  const services = predictServices({
    models,
    features,
    alias: "champion",
    metrics: { predictions: predictionMetrics(metrics), model: modelMetrics(metrics), storeErrors },
    logger,
    now,
  });
  const routes = [...v1Routes(services), ...v2Routes(services)];
  const limits = { bodyMilliseconds: 30_000, heldBytes: 64 * 1024 * 1024 };
  const responder = new Responder({
    requests: requestMetrics(metrics),
    storeErrors,
    logger,
    limits,
    isBehindProxy: false,
  });
  const app = fastifyServer([{ name: "predict", routes }], responder);
  const connections = new Set<Socket>();
  app.server.on("connection", (connection) => {
    connections.add(connection);
    connection.once("close", () => connections.delete(connection));
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });

  async function publish(version: string, overrides: Partial<ModelManifest> = {}): Promise<void> {
    await models.publish({ ...exampleModel({ ...overrides, version }), report: "<html></html>" });
  }

  async function move(version: string): Promise<void> {
    const alias = await models.alias("champion");
    await models.moveAlias("champion", version, alias?.revision, exampleNote);
  }

  return {
    url,
    services,
    models,
    directory,
    metrics,
    logged,
    publish,
    move,
    async promote(version, overrides) {
      await publish(version, overrides);
      await move(version);
      await services.champion.refresh();
    },
    get: (path) => answerOf(fetch(url + path)),
    post: (path, body) =>
      answerOf(
        fetch(url + path, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: typeof body === "string" ? body : JSON.stringify(body),
        }),
      ),
    async close() {
      const closed = app.close();
      // Those of fetch stay open for seconds after their last response.
      for (const connection of connections) connection.destroy();
      await closed;
      await services.champion.close();
      services.cache.close();
      await rm(directory, { recursive: true });
    },
  };
}

async function answerOf(request: Promise<Response>): Promise<Answer> {
  const response = await request;
  return { status: response.status, headers: response.headers, body: await response.json() };
}
