import { Counter, type Registry } from "prom-client";

export interface StoreRetryMetrics {
  /** A request to this store was made once more. */
  retried(store: "elasticsearch"): void;
}

/** What stores were too busy for at first. Requests to MinIO are not retried here: the caller retries them. */
export function storeRetryMetrics(metrics: Registry): StoreRetryMetrics {
  const retries = new Counter({
    name: "lapse_store_retries_total",
    help: "Requests to a store (elasticsearch) that were made once more, because it was full or gave no answer",
    labelNames: ["store"],
    registers: [metrics],
  });
  return {
    retried(store) {
      retries.inc({ store });
    },
  };
}
