import { Failure } from "#churn/failure.ts";
import type { ServedModel } from "./model.ts";
import type { PredictServices } from "./services.ts";

/** There is nothing to predict with yet. */
export class NoModel extends Failure {
  override readonly name = "NoModel";
  override readonly kind = "unavailable";
}

/** Works with the model in service, or with the version asked for, and holds on to it until the work is done. */
export async function withModel<Result>(
  { champion, cache, metrics }: PredictServices,
  version: string | undefined,
  work: (model: ServedModel) => Promise<Result>,
): Promise<Result> {
  const model = version === undefined ? champion.acquire() : await cache.acquire(version);
  if (model === undefined) {
    metrics.predictions.refused("no_model");
    throw new NoModel("No model is in service yet.");
  }
  try {
    return await work(model);
  } finally {
    model.release();
  }
}
