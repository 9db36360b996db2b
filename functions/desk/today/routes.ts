import { pageResponse } from "#pages/page-response.ts";
import { getRoute, noParameters, type Route } from "#runtime/route.ts";
import { text } from "#runtime/route-description.ts";
import type { DeskServices } from "../services.ts";
import { renderToday } from "./page.ts";
import { todayView } from "./view.ts";

export function todayRoutes(services: DeskServices): readonly Route[] {
  return [
    getRoute({
      path: "/",
      access: "read",
      summary: "The first page of the desk",
      parameters: noParameters,
      responses: { 200: text("text/html", "Who is about to leave, and how good the model is.") },
      handle: async (_parameters, { caller }) => pageResponse(renderToday(await todayView(services, caller?.name))),
    }),
  ];
}
