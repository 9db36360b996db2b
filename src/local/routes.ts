import type { Registry } from "prom-client";
import * as z from "zod";
import { traceparentHeaderOf } from "#runtime/correlation.ts";
import type { MadeFunction } from "#runtime/function-definition.ts";
import { json } from "#runtime/http.ts";
import { healthRoutes, metricsRoute } from "#runtime/operational.ts";
import { jsonRoute, type Route } from "#runtime/route.ts";
import type { Served } from "#runtime/targets.ts";
import type { Stores } from "#stores/open-stores.ts";
import { apiRoutes } from "./api/routes.ts";
import { brokerRoute } from "./broker-route.ts";
import { tryItRoute } from "./try-it/route.ts";
import type { Wiring } from "./wiring.ts";

export interface LocalRouteOptions {
  readonly stores: Stores;
  readonly wiring: Wiring;
  readonly metrics: Registry;
  readonly now: () => number;
  /** Why a function cannot be sent requests yet; undefined when all can. */
  readonly unready: () => string | undefined;
  /** Where people sign in and out. */
  readonly signIn: readonly Route[];
}

/** What one process serves: its own routes, and those of its functions. */
export function localServed(
  options: LocalRouteOptions,
  functions: ReadonlyMap<string, Pick<MadeFunction, "routes" | "missing">>,
): readonly Served[] {
  const served = [
    ...localRoutes(options),
    ...[...functions].map(([name, { routes, missing }]) => ({ name, routes, missing })),
  ];
  return [...served, { name: "local", routes: apiRoutes(served) }];
}

/**
 * What one process serves beside its functions: POST /broker (any CloudEvent), POST /run/PINGSOURCE (its event, now),
 * /metrics, /healthz, /readyz, lines to paste at /try, and the form to sign in with.
 */
function localRoutes({ stores, wiring, metrics, now, unready, signIn }: LocalRouteOptions): readonly Served[] {
  const pages = [tryItRoute(stores, now), ...signIn];
  return [
    { name: "broker", routes: [brokerRoute(wiring.broker)] },
    { name: "local", routes: [runRoute(wiring), ...pages, ...healthRoutes(unready), metricsRoute(metrics, "read")] },
  ];
}

/** By hand, to take in what was just sent: the present day counts too. */
function runRoute({ schedule }: Wiring): Route {
  return jsonRoute({
    path: "/run/:name",
    access: "operate",
    summary: "Sends the event of a PingSource now: features or train",
    bodyLimit: 1024,
    // A page of another site can send no JSON without asking first.
    typed: true,
    body: z.strictObject({}),
    parameters: z.object({ name: z.string() }),
    responses: { 202: z.object({ accepted: z.object({ id: z.string(), type: z.string(), source: z.string() }) }) },
    handle: async (_body, { name }, { correlation }) => {
      const { id, type, source } = schedule.due(name, { through: "today" }, traceparentHeaderOf(correlation));
      return json(202, { accepted: { id, type, source } });
    },
  });
}
