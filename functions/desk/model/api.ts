import * as z from "zod";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { json } from "#runtime/http.ts";
import { getRoute, jsonRoute, noParameters, type Route } from "#runtime/route.ts";
import type { Alias } from "#stores/models/model-store.ts";
import type { DeskServices } from "../services.ts";
import { promoteFor, rollBackFor } from "./act.ts";
import { reasonSchema } from "./move-champion.ts";
import { modelView } from "./view.ts";

export const versionName = z.string().min(1).max(64).describe("The name of a version.");

const shownVersion = z.object({
  version: z.string(),
  created: z.string(),
  in_service: z.boolean(),
  challenger: z.boolean(),
  auc: z.number(),
  recency_auc: z.number().optional(),
  log_loss: z.number(),
  promoted_by_training: z.boolean(),
  reason: z.string(),
});

const shownAlias = z.object({ version: z.string(), previous: z.string().optional(), since: z.string() });

/** Versions for tools; KServe's protocol has the paths below /v1/models. */
export function modelApi(services: DeskServices): readonly Route[] {
  return [
    getRoute({
      path: "/v1/versions",
      access: "read",
      summary: "Model versions, newest first",
      parameters: noParameters,
      responses: { 200: z.object({ versions: z.array(shownVersion), damaged: z.array(z.string()) }) },
      handle: async (_parameters, request) => {
        const { versions, champion, challenger, damaged } = await modelView(request, services);
        return json(200, { versions: versions.map((one) => versionShown(one, champion, challenger)), damaged });
      },
    }),
    jsonRoute({
      path: "/v1/versions/:version/promote",
      access: "operate",
      summary: "Puts a version into service, even if training decided against it",
      parameters: z.object({ version: versionName }),
      bodyLimit: 16_384,
      typed: true,
      body: z.strictObject({ reason: reasonSchema }),
      responses: { 200: shownAlias },
      handle: async ({ reason }, { version }, request) =>
        json(200, aliasShown(await promoteFor(version, reason, request, services))),
    }),
    jsonRoute({
      path: "/v1/rollback",
      access: "operate",
      summary: "Puts the version that served before back into service",
      parameters: noParameters,
      bodyLimit: 16_384,
      typed: true,
      body: z.strictObject({ reason: reasonSchema }),
      responses: { 200: shownAlias },
      handle: async ({ reason }, _parameters, request) =>
        json(200, aliasShown(await rollBackFor(reason, request, services))),
    }),
  ];
}

function versionShown(
  { version, created, test, peers, decision }: ModelManifest,
  champion: Alias | undefined,
  challenger: Alias | undefined,
): z.infer<typeof shownVersion> {
  return {
    version,
    created,
    in_service: version === champion?.version,
    challenger: version === challenger?.version,
    auc: test.auc.value,
    ...(peers !== undefined && { recency_auc: peers.recency.auc.value }),
    log_loss: test.logLoss.value,
    promoted_by_training: decision.promoted,
    reason: decision.reason,
  };
}

function aliasShown({ version, previous, movedAt }: Alias): z.infer<typeof shownAlias> {
  return { version, ...(previous !== undefined && { previous }), since: movedAt };
}
