import * as z from "zod";
import { pageResponse } from "#pages/page-response.ts";
import { json } from "#runtime/http.ts";
import { openApi } from "#runtime/openapi/document.ts";
import { getRoute, noParameters, type Route } from "#runtime/route.ts";
import { text } from "#runtime/route-description.ts";
import type { Served } from "#runtime/targets.ts";
import lapse from "../../../package.json" with { type: "json" };
import { apiPage } from "./page.ts";

/** The description of every route, these two included, for programs and for people. It holds nothing of users: it is open. */
export function apiRoutes(served: readonly Served[]): readonly Route[] {
  const describe = () =>
    openApi([...served, { name: "local", routes }], {
      title: lapse.name,
      version: lapse.version,
      description: lapse.description,
    });
  const routes: readonly Route[] = [
    getRoute({
      path: "/openapi.json",
      access: "open",
      summary: "This API as OpenAPI 3.1",
      parameters: noParameters,
      responses: { 200: z.looseObject({ openapi: z.string() }) },
      handle: async () => json(200, describe()),
    }),
    getRoute({
      path: "/api",
      access: "open",
      summary: "This API as a page",
      parameters: noParameters,
      responses: { 200: text("text/html", "Every route, with what it takes and gives.") },
      handle: async () => pageResponse(apiPage(describe())),
    }),
  ];
  return routes;
}
