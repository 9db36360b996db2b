import { NotReady } from "#runtime/failures.ts";
import { onceThere } from "#runtime/once-there.ts";
import type { ServedModel } from "./model.ts";
import type { PredictServices } from "./services.ts";

/** Works with the model in service, or with the version asked for, and holds on to it until the work is done. */
export function withModel<Result>(
  { champion, cache, metrics }: PredictServices,
  version: string | undefined,
  work: (model: ServedModel) => Result | Promise<Result>,
): Result | Promise<Result> {
  return onceThere(version === undefined ? champion.acquire() : cache.acquire(version), (model) => {
    if (model === undefined) {
      metrics.predictions.refused("no_model");
      throw new NotReady("No model is in service yet.");
    }
    return released(model, work);
  });
}

function released<Result>(
  model: ServedModel,
  work: (model: ServedModel) => Result | Promise<Result>,
): Result | Promise<Result> {
  let result: Result | Promise<Result>;
  try {
    result = work(model);
  } catch (error) {
    model.release();
    throw error;
  }
  if (result instanceof Promise) return result.finally(() => model.release());
  model.release();
  return result;
}
