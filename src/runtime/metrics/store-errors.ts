import { Counter, type Registry } from "prom-client";
import { Failure } from "#churn/failure.ts";

export interface StoreErrorMetrics {
  /** Counts an error if it says that a store is unavailable, or holds what it must not. */
  failed(name: string, error: unknown): void;
}

/** Requests and events that failed because of a store, by function and the failure's name. */
export function storeErrorMetrics(metrics: Registry): StoreErrorMetrics {
  const errors = new Counter({
    name: "lapse_store_errors_total",
    help: "Requests that failed because of a store",
    labelNames: ["function", "failure"],
    registers: [metrics],
  });
  return {
    failed(name, error) {
      if (error instanceof Failure && (error.kind === "unavailable" || error.kind === "corrupt"))
        errors.inc({ function: name, failure: error.name });
    },
  };
}
