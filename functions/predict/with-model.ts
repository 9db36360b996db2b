import { NotReady } from "#runtime/failures.ts";
import type { ServedModel } from "./model.ts";
import type { PredictServices } from "./services.ts";

/** Works with the model in service, or with the version asked for, and holds on to it until the work is done. */
export async function withModel<Result>(
  { champion, cache, metrics }: PredictServices,
  version: string | undefined,
  work: (model: ServedModel) => Promise<Result>,
): Promise<Result> {
  const model = version === undefined ? champion.acquire() : await cache.acquire(version);
  if (model === undefined) {
    metrics.predictions.refused("no_model");
    throw new NotReady("No model is in service yet.");
  }
  try {
    return await work(model);
  } finally {
    model.release();
  }
}
