import { pageResponse } from "#pages/page-response.ts";
import type { HttpResponse } from "#runtime/http.ts";
import { describeServed, openApiRoute } from "#runtime/openapi/route.ts";
import { getRoute, noParameters, type Route } from "#runtime/route.ts";
import { text } from "#runtime/route-description.ts";
import type { Served } from "#runtime/targets.ts";
import { apiPage } from "./page.ts";

/** The description of every route, these two included, for programs and for people. It holds nothing of users: it is open. */
export function apiRoutes(served: readonly Served[]): readonly Route[] {
  const describe = () => describeServed([...served, { name: "local", routes }]);
  let page: HttpResponse | undefined;
  const routes: readonly Route[] = [
    openApiRoute(describe),
    getRoute({
      path: "/api",
      access: "open",
      summary: "This API as a page",
      parameters: noParameters,
      responses: { 200: text("text/html", "Every route, with what it takes and gives.") },
      handle: async () => {
        page ??= pageResponse(apiPage(describe()));
        return page;
      },
    }),
  ];
  return routes;
}
