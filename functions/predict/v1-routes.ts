import type { FastifyInstance, FastifyRequest, RouteHandlerMethod } from "fastify";
import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { wholeNumber } from "#runtime/settings.ts";
import { addGet, addPost } from "./add-route.ts";
import { explanationsOf } from "./explanation.ts";
import { checkInstances } from "./limits.ts";
import type { ServedModel } from "./model.ts";
import { modelName } from "./model-name.ts";
import { type Outcome, predictEach } from "./predict.ts";
import { predictionsJson } from "./prediction-json.ts";
import { rowsOf } from "./rows.ts";
import { sendJson } from "./send-json.ts";
import type { PredictServices } from "./services.ts";
import { withModel } from "./with-model.ts";

/**
 * KServe's V1 protocol (https://kserve.github.io/website/docs/concepts/architecture/data-plane/v1-protocol). A body
 * that is wrong as a whole is refused; what is wrong with one instance is told in its place, and the others are
 * predicted. `:explain?reasons=N` gives N reasons each.
 */
export function v1Routes(scope: FastifyInstance, services: PredictServices): void {
  const { metrics, champion } = services;
  const path = `/models/${modelName}`;

  addGet(scope, "/models", () => ({ models: [modelName] }), metrics.requests);

  const ready: RouteHandlerMethod = (_request, reply) =>
    sendJson(reply, champion.ready ? 200 : 503, { name: modelName, ready: champion.ready });
  addGet(scope, path, ready, metrics.requests);

  const predict = (body: unknown) =>
    withModel(services, undefined, async (model) => {
      const outcomes = await outcomesOf(body, model, services);
      return `{"predictions":${predictionsJson(outcomes, model.manifest.version)}}`;
    });
  addPost(scope, `${path}::predict`, predict, metrics.requests);

  const explain = (body: unknown, request: FastifyRequest) =>
    withModel(services, undefined, async (model) => {
      const count = reasonCount(request.query);
      const outcomes = await outcomesOf(body, model, services);
      const explanations = JSON.stringify(explanationsOf(outcomes, model.manifest, count));
      return `{"predictions":${predictionsJson(outcomes, model.manifest.version)},"explanations":${explanations}}`;
    });
  addPost(scope, `${path}::explain`, explain, metrics.requests);
}

async function outcomesOf(body: unknown, model: ServedModel, services: PredictServices): Promise<readonly Outcome[]> {
  const rows = await rowsOf(instancesOf(body), model.manifest, services);
  return predictEach(rows, model, services.metrics.predictions);
}

const bodySchema = z.object({ instances: z.custom<readonly unknown[]>(Array.isArray) });

function instancesOf(body: unknown): readonly unknown[] {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) throw new InvalidInput('The body must be {"instances": […]}: instances is not an array.');
  checkInstances(parsed.data.instances.length);
  return parsed.data.instances;
}

const querySchema = z.object({ reasons: wholeNumber(0, 1000).default(5) });

function reasonCount(query: unknown): number {
  const parsed = querySchema.safeParse(query);
  if (!parsed.success) throw new InvalidInput("The query parameter reasons must be a whole number from 0 to 1000.");
  return parsed.data.reasons;
}
