import * as z from "zod";
import { json } from "#runtime/http.ts";
import { getRoute, jsonRoute, noParameters, type Route } from "#runtime/route.ts";
import { wholeNumber } from "#runtime/settings.ts";
import { explanationsOf } from "./explanation.ts";
import { bodyLimit, checkInstances } from "./limits.ts";
import type { ServedModel } from "./model.ts";
import { modelName } from "./model-name.ts";
import { type Outcome, predictEach } from "./predict.ts";
import { predictionsOf } from "./prediction.ts";
import { rowsOf } from "./rows.ts";
import type { PredictServices } from "./services.ts";
import { withModel } from "./with-model.ts";

const notInstances = 'The body must be {"instances": […]}: instances is not an array';
const body = z.object(
  { instances: z.custom<readonly unknown[]>(Array.isArray, notInstances) },
  { error: ({ code }) => (code === "invalid_type" ? notInstances : undefined) },
);

const explainParameters = z.object({ reasons: wholeNumber(0, 1000).default(5) });

/**
 * KServe's V1 protocol (https://kserve.github.io/website/docs/concepts/architecture/data-plane/v1-protocol). A body
 * that is wrong as a whole is refused; what is wrong with one instance is told in its place, and the others are
 * predicted. `:explain?reasons=N` gives N reasons each.
 */
export function v1Routes(services: PredictServices): readonly Route[] {
  const { champion } = services;
  const path = `/v1/models/${modelName}`;
  return [
    getRoute({ path: "/v1/models", parameters: noParameters, handle: async () => json(200, { models: [modelName] }) }),
    getRoute({
      path,
      parameters: noParameters,
      handle: async () => json(champion.ready ? 200 : 503, { name: modelName, ready: champion.ready }),
    }),
    jsonRoute({
      path: `${path}::predict`,
      bodyLimit,
      body,
      parameters: noParameters,
      handle: ({ instances }) =>
        withModel(services, undefined, async (model) => {
          const outcomes = await outcomesOf(instances, model, services);
          return json(200, { predictions: predictionsOf(outcomes, model.manifest.version) });
        }),
    }),
    jsonRoute({
      path: `${path}::explain`,
      bodyLimit,
      body,
      parameters: explainParameters,
      handle: ({ instances }, { reasons }) =>
        withModel(services, undefined, async (model) => {
          const outcomes = await outcomesOf(instances, model, services);
          const predictions = predictionsOf(outcomes, model.manifest.version);
          return json(200, { predictions, explanations: explanationsOf(outcomes, model.manifest, reasons) });
        }),
    }),
  ];
}

async function outcomesOf(
  instances: readonly unknown[],
  model: ServedModel,
  services: PredictServices,
): Promise<readonly Outcome[]> {
  checkInstances(instances.length);
  const rows = await rowsOf(instances, model.manifest, services);
  return predictEach(rows, model, services.metrics.predictions);
}
