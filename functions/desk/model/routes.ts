import * as z from "zod";
import { InvalidInput, NotFound } from "#churn/failure.ts";
import type { ModelManifest } from "#churn/model/manifest.ts";
import { correctionPage, correctionResponses } from "#pages/correction-page.ts";
import { pageResponse } from "#pages/page-response.ts";
import { renderPromises } from "#pages/promises/page.ts";
import { formRoute, seeOther } from "#runtime/form-route.ts";
import { getRoute, noParameters, type Route } from "#runtime/route.ts";
import { noBody, text } from "#runtime/route-description.ts";
import { readPromises } from "#stores/ledger/read-promises.ts";
import type { DeskServices } from "../services.ts";
import { promoteFor, rollBackFor } from "./act.ts";
import { modelApi, versionName } from "./api.ts";
import { renderComparison } from "./compare/page.ts";
import { comparisonView } from "./compare/view.ts";
import { renderConfirmation } from "./confirm-page.ts";
import { reasonSchema, versionBefore } from "./move-champion.ts";
import { renderModel } from "./page.ts";
import { promisedBySegment } from "./promised/by-segment.ts";
import { renderPromisedBySegment } from "./promised/page.ts";
import { modelView } from "./view.ts";

const refused = correctionPage({
  ...{ title: "Put a version into service", section: "/model", method: "post", submit: "Put it into service" },
  labels: { reason: "Why?" },
  back: () => "/model",
});

const oneVersion = z.object({ version: versionName });

/** The pages of the model, and the same for tools. */
export function modelRoutes(services: DeskServices): readonly Route[] {
  const { models } = services;
  return [
    getRoute({
      path: "/model",
      access: "read",
      summary: "The model in service, all versions, and who put which into service",
      parameters: noParameters,
      responses: { 200: text("text/html", "How good the model is, and how it came about.") },
      handle: async (_parameters, request) => pageResponse(renderModel(await modelView(request, services))),
    }),
    getRoute({
      path: "/model/compare",
      access: "read",
      summary: "Two versions side by side",
      parameters: z.object({ a: versionName, b: versionName }),
      responses: {
        200: text("text/html", "How good each is, who is in another class of risk, and which is better where."),
      },
      handle: async ({ a, b }, { caller }) =>
        pageResponse(renderComparison(await comparisonView(a, b, caller?.name, services))),
    }),
    getRoute({
      path: "/model/promote",
      access: "operate",
      summary: "Asks for a reason before a version is put into service",
      parameters: oneVersion,
      responses: { 200: text("text/html", "What training said of the version, and a form.") },
      handle: async ({ version }, { caller }) =>
        pageResponse(await confirmation(await models.manifest(version), caller?.name, false)),
    }),
    formRoute({
      path: "/model/promote",
      access: "operate",
      summary: "Puts a version into service",
      parameters: noParameters,
      body: z.object({ version: versionName, reason: reasonSchema }),
      responses: { 303: noBody("To the page of the model."), ...correctionResponses },
      refused,
      handle: async ({ version, reason }, _parameters, request) => {
        await promoteFor(version, reason, request, services);
        return seeOther("/model");
      },
    }),
    getRoute({
      path: "/model/rollback",
      access: "operate",
      summary: "Asks for a reason before the version that served before is put back",
      parameters: noParameters,
      responses: { 200: text("text/html", "What training said of the version, and a form.") },
      handle: async (_parameters, { caller }) => {
        const before = await versionBefore(models);
        if (before === undefined) throw new InvalidInput("There is no version before the one in service.");
        return pageResponse(await confirmation(await models.manifest(before), caller?.name, true));
      },
    }),
    formRoute({
      path: "/model/rollback",
      access: "operate",
      summary: "Puts the version that served before back into service",
      parameters: noParameters,
      body: z.object({ reason: reasonSchema }),
      responses: { 303: noBody("To the page of the model."), ...correctionResponses },
      refused,
      handle: async ({ reason }, _parameters, request) => {
        await rollBackFor(reason, request, services);
        return seeOther("/model");
      },
    }),
    getRoute({
      path: "/promises",
      access: "read",
      summary: "What was promised, and what happened",
      parameters: noParameters,
      responses: { 200: text("text/html", "The lists whose windows have closed, each against its outcomes.") },
      handle: async (_parameters, { caller }) =>
        pageResponse(renderPromises(await readPromises(services), caller?.name)),
    }),
    getRoute({
      path: "/promises/segments",
      access: "read",
      summary: "What was promised, and what happened, by segment and arm",
      parameters: noParameters,
      responses: { 200: text("text/html", "By risk, tenure, activity, value and arm, with intervals.") },
      handle: async (_parameters, { caller }) =>
        pageResponse(renderPromisedBySegment(await promisedBySegment(services), caller?.name)),
    }),
    getRoute({
      path: "/models/:version",
      access: "read",
      summary: "The report of a model version",
      parameters: z.object({ version: z.string() }),
      responses: { 200: text("text/html", "What the version was trained on, and how good it is.") },
      handle: async ({ version }) => {
        if (!(await models.versions()).includes(version)) throw new NotFound(`There is no model version ${version}.`);
        return pageResponse(await models.report(version));
      },
    }),
    ...modelApi(services),
  ];

  async function confirmation(manifest: ModelManifest, reader: string | undefined, isRollback: boolean) {
    const champion = (await models.alias("champion"))?.version;
    return renderConfirmation({ reader, manifest, champion, isRollback });
  }
}
