import * as z from "zod";
import { NotFound } from "#churn/failure.ts";
import { json } from "#runtime/http.ts";
import { getRoute, jsonRoute, noParameters, type Route } from "#runtime/route.ts";
import lapse from "../../package.json" with { type: "json" };
import { inferJson } from "./binary-tensors.ts";
import { infer } from "./infer.ts";
import { inferBody } from "./infer-request.ts";
import { bodyLimit } from "./limits.ts";
import { metadataOf } from "./model-metadata.ts";
import { modelName } from "./model-name.ts";
import type { PredictServices } from "./services.ts";
import { withModel } from "./with-model.ts";

const versionParameters = z.object({ version: z.string().optional() });

/**
 * The Open Inference Protocol, KServe's V2 (https://github.com/kserve/open-inference-protocol). A path that names a
 * version is served by that version, in service or not; the others by the one in service.
 */
export function v2Routes(services: PredictServices): readonly Route[] {
  const { champion, models } = services;
  const model = `/v2/models/${modelName}`;
  const version = `${model}/versions/:version`;
  return [
    ...["/v2", "/v2/"].map((path) =>
      getRoute({
        path,
        parameters: noParameters,
        handle: async () => json(200, { name: lapse.name, version: lapse.version, extensions: ["binary_tensor_data"] }),
      }),
    ),
    getRoute({ path: "/v2/health/live", parameters: noParameters, handle: async () => json(200, { live: true }) }),
    getRoute({
      path: "/v2/health/ready",
      parameters: noParameters,
      // Also before there is any model: the server must come up in a cluster where nothing was trained yet.
      handle: async () => {
        const ready = champion.ready || champion.vacant;
        return json(ready ? 200 : 503, { ready });
      },
    }),
    getRoute({
      path: `${model}/ready`,
      parameters: noParameters,
      handle: async () => json(champion.ready ? 200 : 503, { name: modelName, ready: champion.ready }),
    }),
    getRoute({
      path: `${version}/ready`,
      parameters: versionParameters,
      handle: (parameters) =>
        withModel(services, versionOf(parameters), async () => json(200, { name: modelName, ready: true })),
    }),
    ...[model, version].flatMap((path) => [
      getRoute({
        path,
        parameters: versionParameters,
        handle: (parameters) =>
          withModel(services, versionOf(parameters), async ({ manifest }) =>
            json(200, await metadataOf(manifest, models)),
          ),
      }),
      jsonRoute({
        path: `${path}/infer`,
        bodyLimit,
        body: inferBody,
        read: inferJson,
        parameters: versionParameters,
        handle: (body, parameters) =>
          withModel(services, versionOf(parameters), async (served) => json(200, await infer(body, served, services))),
      }),
    ]),
  ];
}

/** The version in the path, if it has one. What cannot be a version's name never reaches the store. */
function versionOf({ version }: z.infer<typeof versionParameters>): string | undefined {
  if (version === undefined || /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/.test(version)) return version;
  throw new NotFound(`There is no version of model ${modelName} by the name in the path.`);
}
