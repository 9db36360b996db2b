import type { Registry } from "prom-client";
import { trainingMetrics } from "#runtime/metrics/training.ts";
import type { StoreConnections } from "#stores/store-connections.ts";
import type { TrainServices } from "./function.ts";

/** What training needs, in a process of its own: the same whether a request or a Job asks for it. */
export async function trainServices(
  stores: StoreConnections,
  registry: Registry,
  now: () => number,
): Promise<TrainServices> {
  return {
    log: await stores.actionLog(),
    features: await stores.featureStore(),
    registry: await stores.modelRegistry(),
    now,
    metrics: trainingMetrics(registry),
  };
}
