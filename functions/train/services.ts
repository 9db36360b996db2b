import type { Registry } from "prom-client";
import { trainingMetrics } from "#runtime/metrics/training.ts";
import type { StoreConnections } from "#stores/store-connections.ts";
import type { TrainServices } from "./function.ts";

/** What training needs, in a process of its own: the same whether a request or a Job asks for it. */
export async function trainServices(
  stores: StoreConnections,
  metrics: Registry,
  now: () => number,
): Promise<TrainServices> {
  return {
    actions: await stores.actionStore(),
    features: await stores.featureStore(),
    models: await stores.modelStore(),
    now,
    metrics: trainingMetrics(metrics),
  };
}
