import { InvalidInput } from "#churn/failure.ts";
import { type InferInput, type OutputName, parseInferRequest } from "./infer-request.ts";
import { listed } from "./instance.ts";
import type { ServedModel } from "./model.ts";
import { modelName } from "./model-name.ts";
import { type Predicted, predictAll } from "./predict.ts";
import { type ModelRow, storedRows } from "./rows.ts";
import type { PredictServices } from "./services.ts";

/**
 * Answers a V2 inference request, as JSON text. A tensor has no place for a user without a prediction, so one unknown
 * user fails the request.
 *
 * @throws InvalidInput naming the tensor, or the users that cannot be predicted, who are also listed as `users`;
 * TooLarge; StoreUnavailable.
 */
export async function infer(body: unknown, model: ServedModel, services: PredictServices): Promise<string> {
  const { id, input, outputs } = parseInferRequest(body, model.manifest);
  const rows = await rowsOf(input, model, services);
  const predictions = await predictAll(rows, model, services.metrics.predictions);
  const idField = id === undefined ? "" : `,"id":${JSON.stringify(id)}`;
  const tensors = outputs.map((name) => outputJson(name, predictions)).join(",");
  return `{"model_name":"${modelName}","model_version":"${model.manifest.version}"${idField},"outputs":[${tensors}]}`;
}

async function rowsOf(
  input: InferInput,
  { manifest }: ServedModel,
  { features, metrics }: PredictServices,
): Promise<readonly ModelRow[]> {
  if (input.kind === "rows") return input.rows.map((values) => ({ userId: undefined, values }));
  const stored = await storedRows(input.userIds, manifest, features);
  const rows = input.userIds.flatMap((userId) => stored.get(userId) ?? []);
  const refused = rows.flatMap((row) => ("error" in row ? [row] : []));
  const [first] = refused;
  if (first === undefined) return rows.flatMap((row) => ("values" in row ? [row] : []));
  for (const { reason } of refused) metrics.predictions.refused(reason);
  const users = [...new Set(refused.flatMap(({ userId }) => userId ?? []))];
  throw new InvalidInput(`No prediction for ${listed(users)}. ${first.error}`, { details: { users } });
}

function outputJson(name: OutputName, predictions: readonly Predicted[]): string {
  const datatype = name === "risk" ? "BYTES" : "FP64";
  const data = predictions.map((prediction) => (name === "risk" ? `"${prediction.risk}"` : prediction.probability));
  return `{"name":"${name}","shape":[${predictions.length}],"datatype":"${datatype}","data":[${data.join(",")}]}`;
}
