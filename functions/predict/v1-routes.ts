import * as z from "zod";
import { json } from "#runtime/http.ts";
import { onceThere } from "#runtime/once-there.ts";
import { getRoute, jsonRoute, noParameters, type Route } from "#runtime/route.ts";
import { shownAs } from "#runtime/route-description.ts";
import { wholeNumber } from "#runtime/settings.ts";
import { explanationsOf } from "./explanation.ts";
import { instanceSchema } from "./instance-schema.ts";
import { bodyLimit, checkInstances, maxInstances } from "./limits.ts";
import type { ServedModel } from "./model.ts";
import { modelName } from "./model-name.ts";
import { type Outcome, predictEach } from "./predict.ts";
import { predictionsOf } from "./prediction.ts";
import { explanationsSchema, predictionsSchema } from "./prediction-schema.ts";
import { rowsOf } from "./rows.ts";
import type { PredictServices } from "./services.ts";
import { withModel } from "./with-model.ts";

const notInstances = 'The body must be {"instances": […]}: instances is not an array';
const instances = z.custom<readonly unknown[]>(Array.isArray, notInstances);
const body = z.object(
  { instances: shownAs(instances, z.array(instanceSchema).max(maxInstances)) },
  { error: ({ code }) => (code === "invalid_type" ? notInstances : undefined) },
);

const explainParameters = z.object({
  reasons: shownAs(
    wholeNumber(0, 1000).default(5),
    z.int().min(0).max(1000).default(5).describe("How many reasons each prediction is explained by."),
  ),
});
const readiness = z.object({ name: z.string(), ready: z.boolean() });

/**
 * KServe's V1 protocol (https://kserve.github.io/website/docs/concepts/architecture/data-plane/v1-protocol). A body
 * that is wrong as a whole is refused; what is wrong with one instance is told in its place, and the others are
 * predicted. `:explain?reasons=N` gives N reasons each.
 */
export function v1Routes(services: PredictServices): readonly Route[] {
  const { champion } = services;
  const path = `/v1/models/${modelName}`;
  return [
    getRoute({
      path: "/v1/models",
      access: "predict",
      summary: "Lists the models",
      parameters: noParameters,
      responses: { 200: z.object({ models: z.array(z.string()) }) },
      handle: async () => json(200, { models: [modelName] }),
    }),
    getRoute({
      path,
      access: "predict",
      summary: "Tells whether a model is in service",
      responses: { 200: readiness, 503: readiness },
      parameters: noParameters,
      handle: async () => json(champion.ready ? 200 : 503, { name: modelName, ready: champion.ready }),
    }),
    jsonRoute({
      path: `${path}::predict`,
      access: "predict",
      summary: "Predicts who is about to leave",
      responses: { 200: predictionsSchema },
      bodyLimit,
      isSentTogether: true,
      body,
      parameters: noParameters,
      handle: ({ instances }) =>
        withModel(services, undefined, (model) =>
          onceThere(outcomesOf(instances, model, services), (outcomes) =>
            json(200, { predictions: predictionsOf(outcomes, model.manifest.version) }),
          ),
        ),
    }),
    jsonRoute({
      path: `${path}::explain`,
      access: "predict",
      summary: "Predicts, and gives the reasons",
      responses: { 200: explanationsSchema },
      bodyLimit,
      isSentTogether: true,
      body,
      parameters: explainParameters,
      handle: ({ instances }, { reasons }) =>
        withModel(services, undefined, (model) =>
          onceThere(outcomesOf(instances, model, services), (outcomes) => {
            const predictions = predictionsOf(outcomes, model.manifest.version);
            return json(200, { predictions, explanations: explanationsOf(outcomes, model.manifest, reasons) });
          }),
        ),
    }),
  ];
}

function outcomesOf(
  instances: readonly unknown[],
  model: ServedModel,
  services: PredictServices,
): readonly Outcome[] | Promise<readonly Outcome[]> {
  checkInstances(instances.length);
  return onceThere(rowsOf(instances, model.manifest, services), (rows) =>
    predictEach(rows, model, services.metrics.predictions),
  );
}
