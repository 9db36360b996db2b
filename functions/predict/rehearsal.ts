import { Registry } from "prom-client";
import type { HttpResponse } from "#runtime/http.ts";
import { predictionMetrics } from "#runtime/metrics/predictions.ts";
import type { PredictServices } from "./services.ts";
import { v1Routes } from "./v1-routes.ts";

/**
 * Predicts a user by one action, and one by a vector, as for a caller: nothing is stored, and what is counted goes nowhere. Returns the response
 * that the caller would get; undefined while no model is in service.
 */
export async function rehearsePrediction(services: PredictServices): Promise<HttpResponse | undefined> {
  const { champion, metrics, now } = services;
  const model = champion.acquire();
  if (model === undefined) return undefined;
  try {
    const quiet = { ...services, metrics: { ...metrics, predictions: predictionMetrics(new Registry()) } };
    const route = v1Routes(quiet).find(({ path }) => path.endsWith("::predict"));
    const timestamp = new Date(now()).toISOString();
    const instances = [{ actions: [{ action: "rehearsal", timestamp }] }, model.manifest.typical];
    const body = Buffer.from(JSON.stringify({ instances }));
    const headers = { "content-type": "application/json" };
    return await route?.handle({ method: "POST", path: route.path, headers, body });
  } finally {
    model.release();
  }
}
