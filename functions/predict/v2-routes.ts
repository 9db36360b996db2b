import * as z from "zod";
import { NotFound } from "#churn/failure.ts";
import { json } from "#runtime/http.ts";
import { getRoute, jsonRoute, noParameters, type Route } from "#runtime/route.ts";
import { isVersion } from "#stores/models/version-files.ts";
import lapse from "../../package.json" with { type: "json" };
import { inferJson } from "./binary-tensors.ts";
import { infer } from "./infer.ts";
import { inferBody } from "./infer-request.ts";
import { bodyLimit } from "./limits.ts";
import { metadataOf } from "./model-metadata.ts";
import { modelName } from "./model-name.ts";
import type { PredictServices } from "./services.ts";
import { inferResponseSchema, modelMetadataSchema } from "./tensor-schema.ts";
import { withModel } from "./with-model.ts";

const versionParameters = z.object({ version: z.string().optional() });
const readiness = z.object({ name: z.string(), ready: z.boolean() });
const liveness = z.object({ live: z.boolean() });
const serverReadiness = z.object({ ready: z.boolean() });
const serverMetadata = z.object({ name: z.string(), version: z.string(), extensions: z.array(z.string()) });

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
        access: "predict",
        summary: "Names the server",
        parameters: noParameters,
        responses: { 200: serverMetadata },
        handle: async () => json(200, { name: lapse.name, version: lapse.version, extensions: ["binary_tensor_data"] }),
      }),
    ),
    getRoute({
      path: "/v2/health/live",
      access: "open",
      summary: "Tells that the server lives",
      parameters: noParameters,
      responses: { 200: liveness },
      handle: async () => json(200, { live: true }),
    }),
    getRoute({
      path: "/v2/health/ready",
      access: "open",
      summary: "Tells whether the server may be sent requests",
      parameters: noParameters,
      responses: { 200: serverReadiness, 503: serverReadiness },
      // Also before there is any model: the server must come up in a cluster where nothing was trained yet.
      handle: async () => {
        const ready = champion.ready || champion.vacant;
        return json(ready ? 200 : 503, { ready });
      },
    }),
    getRoute({
      path: `${model}/ready`,
      access: "predict",
      summary: "Tells whether a model is in service",
      parameters: noParameters,
      responses: { 200: readiness, 503: readiness },
      handle: async () => json(champion.ready ? 200 : 503, { name: modelName, ready: champion.ready }),
    }),
    getRoute({
      path: `${version}/ready`,
      access: "predict",
      summary: "Tells whether a version can serve",
      parameters: versionParameters,
      responses: { 200: readiness },
      handle: (parameters) =>
        withModel(services, versionOf(parameters), async () => json(200, { name: modelName, ready: true })),
    }),
    ...[model, version].flatMap((path) => [
      getRoute({
        path,
        access: "predict",
        summary: "Tells the inputs, outputs and features of a version, by default the one in service",
        parameters: versionParameters,
        responses: { 200: modelMetadataSchema },
        handle: (parameters) =>
          withModel(services, versionOf(parameters), async ({ manifest }) =>
            json(200, await metadataOf(manifest, models)),
          ),
      }),
      jsonRoute({
        path: `${path}/infer`,
        access: "predict",
        summary: "Predicts with a version, by default the one in service",
        responses: { 200: inferResponseSchema },
        bodyLimit,
        isSentTogether: true,
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
  if (version === undefined || isVersion(version)) return version;
  throw new NotFound(`There is no version of model ${modelName} by the name in the path.`);
}
