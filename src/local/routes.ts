import type { Registry } from "prom-client";
import * as z from "zod";
import { NotFound } from "#churn/failure.ts";
import { renderPromises } from "#pages/promises/page.ts";
import { traceparentHeaderOf } from "#runtime/correlation.ts";
import { type HttpResponse, json } from "#runtime/http.ts";
import { healthRoutes, metricsRoute } from "#runtime/operational.ts";
import { getRoute, noParameters, type Route } from "#runtime/route.ts";
import type { Served } from "#runtime/targets.ts";
import { readPromises } from "#stores/ledger/read-promises.ts";
import type { Stores } from "#stores/open-stores.ts";
import { brokerRoute } from "./broker-route.ts";
import { renderPage } from "./page/page.ts";
import { pageView } from "./page/view.ts";
import type { Wiring } from "./wiring.ts";

export interface LocalRouteOptions {
  readonly stores: Stores;
  readonly wiring: Wiring;
  readonly metrics: Registry;
  readonly now: () => number;
  /** Why a function cannot be sent requests yet; undefined when all can. */
  readonly unready: () => string | undefined;
}

/**
 * What one process serves beside its functions: POST /broker (any CloudEvent), POST /run/PINGSOURCE (its event, now),
 * /metrics, /healthz, /readyz, and pages for people at /, /promises and /models/VERSION.
 */
export function localRoutes(options: LocalRouteOptions): readonly Served[] {
  const { stores, wiring, metrics, now, unready } = options;
  const pages = [
    getRoute({
      path: "/",
      parameters: noParameters,
      handle: async (_parameters, { headers }) => page(renderPage(await pageView(stores, String(headers.host), now()))),
    }),
    getRoute({
      path: "/promises",
      parameters: noParameters,
      handle: async () => page(renderPromises(await readPromises(stores))),
    }),
    getRoute({
      path: "/models/:version",
      parameters: z.object({ version: z.string() }),
      handle: async ({ version }) => {
        if (!(await stores.models.versions()).includes(version))
          throw new NotFound(`There is no model version ${version}.`);
        return page(await stores.models.report(version));
      },
    }),
  ];
  return [
    { name: "broker", routes: [brokerRoute(wiring.broker)] },
    { name: "local", routes: [runRoute(wiring), ...pages, ...healthRoutes(unready), metricsRoute(metrics)] },
  ];
}

/** By hand, to take in what was just sent: the present day counts too. */
function runRoute({ schedule }: Wiring): Route {
  return {
    method: "POST",
    path: "/run/:name",
    bodyLimit: 1024,
    handle: async ({ parameters, correlation }) => {
      const { name } = z.object({ name: z.string() }).parse(parameters);
      const { id, type, source } = schedule.due(name, { through: "today" }, traceparentHeaderOf(correlation));
      return json(202, { accepted: { id, type, source } });
    },
  };
}

function page(body: string): HttpResponse {
  return { status: 200, headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" }, body };
}
