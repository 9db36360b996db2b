import type * as z from "zod";
import { formatDay } from "#churn/day.ts";
import { InvalidInput } from "#churn/failure.ts";
import { type InferInput, type inferBody, type OutputName, parseInferRequest } from "./infer-request.ts";
import { isOfLapsed, listed } from "./instance.ts";
import type { ServedModel } from "./model.ts";
import { modelName } from "./model-name.ts";
import { countUnpredicted, type Predicted, predictAll } from "./predict.ts";
import { type LapsedRow, type ModelRow, type Row, storedRows } from "./rows.ts";
import type { PredictServices } from "./services.ts";

/**
 * The response to a V2 inference request. A tensor has no place for a user without a value, so one unknown
 * user fails the request; so does one who has lapsed, unless only the outputs that all users have are asked for, `state`
 * and `lapsed_since`.
 *
 * @throws InvalidInput naming the tensor, or the users that cannot be predicted, who are also listed as `users`, with
 * those of them who have lapsed as `lapsed`; TooLarge; StoreUnavailable.
 */
export async function infer(
  body: z.infer<typeof inferBody>,
  model: ServedModel,
  services: PredictServices,
): Promise<InferResponse> {
  const { id, input, outputs } = parseInferRequest(body, model.manifest);
  const rows = await knownRows(input, model, services);
  const isPredicted = outputs.some((name) => name === "probability" || name === "risk");
  const answers = isPredicted ? await predicted(rows, model, services) : rows;
  return {
    model_name: modelName,
    model_version: model.manifest.version,
    ...(id !== undefined && { id }),
    outputs: outputs.map((name) => tensor(name, answers)),
  };
}

interface InferResponse {
  readonly model_name: string;
  readonly model_version: string;
  readonly id?: string;
  readonly outputs: readonly Tensor[];
}

interface Tensor {
  readonly name: OutputName;
  readonly shape: readonly number[];
  readonly datatype: "FP64" | "BYTES";
  readonly data: readonly (number | string)[];
}

/** Predictions for users all of whom are here. */
function predicted(
  rows: readonly KnownRow[],
  model: ServedModel,
  services: PredictServices,
): readonly Predicted[] | Promise<readonly Predicted[]> {
  const here = rows.flatMap((row) => ("values" in row ? [row] : []));
  if (here.length < rows.length) refuseLapsed(rows, services);
  return predictAll(here, model, services.metrics.predictions);
}

type KnownRow = ModelRow | LapsedRow;

async function knownRows(
  input: InferInput,
  { manifest }: ServedModel,
  services: PredictServices,
): Promise<readonly KnownRow[]> {
  if (input.kind === "rows")
    return input.rows.map((values) =>
      isOfLapsed(values, manifest)
        ? { userId: undefined, state: "lapsed", since: undefined }
        : { userId: undefined, values },
    );
  const stored = await storedRows(input.userIds, manifest, services);
  const rows = input.userIds.flatMap((userId): Row | [] => stored.get(userId) ?? []);
  const refused = rows.flatMap((row) => ("error" in row ? [row] : []));
  const [first] = refused;
  if (first === undefined) return rows.flatMap((row) => ("error" in row ? [] : [row]));
  for (const row of refused) countUnpredicted(row, services.metrics.predictions);
  const users = [...new Set(refused.flatMap(({ userId }) => userId ?? []))];
  throw new InvalidInput(`No prediction for ${listed(users)}. ${first.error}`, { details: { users } });
}

function refuseLapsed(rows: readonly KnownRow[], { metrics }: PredictServices): never {
  const places: string[] = [];
  const lapsed = new Map<string, string>();
  for (const [place, row] of rows.entries()) {
    if ("values" in row) continue;
    countUnpredicted(row, metrics.predictions);
    places.push(row.userId ?? `row ${place}`);
    if (row.userId !== undefined && row.since !== undefined) lapsed.set(row.userId, formatDay(row.since));
  }
  const users = [...lapsed.keys()];
  const details = { users, lapsed: Array.from(lapsed, ([user_id, lapsed_since]) => ({ user_id, lapsed_since })) };
  throw new InvalidInput(
    `No prediction for ${listed([...new Set(places)])}: a user who has lapsed has no probability of churn. Leave them out, or ask for the outputs state and lapsed_since.`,
    users.length === 0 ? {} : { details },
  );
}

function tensor(name: OutputName, rows: readonly (KnownRow | Predicted)[]): Tensor {
  const data = rows.map((row) => element(name, row));
  return { name, shape: [data.length], datatype: name === "probability" ? "FP64" : "BYTES", data };
}

/** One user's value of an output. */
function element(name: OutputName, row: KnownRow | Predicted): number | string {
  const isHere = "values" in row;
  switch (name) {
    case "probability":
      return "probability" in row ? row.probability : "";
    case "risk":
      return "risk" in row ? row.risk : "";
    case "state":
      return isHere ? "here" : "lapsed";
    case "lapsed_since":
      return isHere || row.since === undefined ? "" : formatDay(row.since);
  }
}
