import type { FastifyInstance, FastifyRequest, RouteHandlerMethod } from "fastify";
import * as z from "zod";
import { NotFound } from "#churn/failure.ts";
import lapse from "../../package.json" with { type: "json" };
import { addGet, addPost } from "./add-route.ts";
import { infer } from "./infer.ts";
import { metadataOf } from "./model-metadata.ts";
import { modelName } from "./model-name.ts";
import { sendJson } from "./send-json.ts";
import type { PredictServices } from "./services.ts";
import { withModel } from "./with-model.ts";

/**
 * The Open Inference Protocol, KServe's V2 (https://github.com/kserve/open-inference-protocol). A path that names a
 * version is answered by that version, in service or not; the others by the one in service.
 */
export function v2Routes(scope: FastifyInstance, services: PredictServices): void {
  const { champion, metrics, models } = services;
  const get = (url: string, handler: RouteHandlerMethod) => addGet(scope, url, handler, metrics.requests);
  const model = `/models/${modelName}`;
  const version = `${model}/versions/:version`;

  get("/", () => ({ name: lapse.name, version: lapse.version, extensions: [] }));
  get("/health/live", () => ({ live: true }));
  // The server is ready also before there is any model: it must come up in a cluster where nothing was trained yet.
  get("/health/ready", (_request, reply) => {
    const ready = champion.ready || champion.vacant;
    return sendJson(reply, ready ? 200 : 503, { ready });
  });
  get(`${model}/ready`, (_request, reply) =>
    sendJson(reply, champion.ready ? 200 : 503, { name: modelName, ready: champion.ready }),
  );
  get(`${version}/ready`, (request) =>
    withModel(services, versionOf(request), async () => ({ name: modelName, ready: true })),
  );
  for (const path of [model, version]) {
    get(path, (request) => withModel(services, versionOf(request), ({ manifest }) => metadataOf(manifest, models)));
    const answer = (body: unknown, request: FastifyRequest) =>
      withModel(services, versionOf(request), (served) => infer(body, served, services));
    addPost(scope, `${path}/infer`, answer, metrics.requests);
  }
}

const paramsSchema = z.object({ version: z.string().optional() });

/** The version in the path, if it has one. What cannot be a version's name never reaches the registry. */
function versionOf(request: FastifyRequest): string | undefined {
  const { version } = paramsSchema.parse(request.params);
  if (version === undefined || /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/.test(version)) return version;
  throw new NotFound(`There is no version of model ${modelName} by the name in the path.`);
}
