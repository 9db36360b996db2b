import * as z from "zod";
import { NotFound } from "#churn/failure.ts";
import { pageResponse } from "#pages/page-response.ts";
import { renderPromises } from "#pages/promises/page.ts";
import { getRoute, noParameters, type Route } from "#runtime/route.ts";
import { text } from "#runtime/route-description.ts";
import { readPromises } from "#stores/ledger/read-promises.ts";
import type { DeskServices } from "../services.ts";

export function modelRoutes(services: DeskServices): readonly Route[] {
  return [
    getRoute({
      path: "/promises",
      access: "read",
      summary: "What was promised, and what happened",
      parameters: noParameters,
      responses: { 200: text("text/html", "The lists whose windows have closed, each against its outcomes.") },
      handle: async () => pageResponse(renderPromises(await readPromises(services))),
    }),
    getRoute({
      path: "/models/:version",
      access: "read",
      summary: "The report of a model version",
      parameters: z.object({ version: z.string() }),
      responses: { 200: text("text/html", "What the version was trained on, and how good it is.") },
      handle: async ({ version }) => {
        if (!(await services.models.versions()).includes(version))
          throw new NotFound(`There is no model version ${version}.`);
        return pageResponse(await services.models.report(version));
      },
    }),
  ];
}
