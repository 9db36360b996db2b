import * as z from "zod";
import type { Access } from "./access/access.ts";
import { type HttpResponse, json } from "./http.ts";
import { getRoute, noParameters, type Route } from "./route.ts";
import { type Responses, text } from "./route-description.ts";

/** What GET /metrics returns: a prom-client registry. */
interface Exposition {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/**
 * What a platform asks of every function: is it alive, and may it be sent requests. `unready` says why it may not be sent
 * any; undefined when it may. A platform shows no key, so anyone may ask.
 */
export function healthRoutes(unready: () => string | undefined): readonly Route[] {
  return [
    operational({
      path: "/healthz",
      access: "open",
      summary: "Tells that the process lives",
      responses: { 200: status },
      handle: async () => json(200, { status: "alive" }),
    }),
    operational({
      path: "/readyz",
      access: "open",
      summary: "Tells whether requests may be sent, or why not",
      responses: { 200: status, 503: status },
      handle: async () => {
        const reason = unready();
        return reason === undefined ? json(200, { status: "ready" }) : json(503, { status: reason });
      },
    }),
  ];
}

/** How it is doing, for Prometheus, which shows no key in a cluster: there the network keeps others away. */
export function metricsRoute(exposition: Exposition, access: Access = "open"): Route {
  return operational({
    path: "/metrics",
    access,
    summary: "Metrics for Prometheus",
    responses: { 200: text("text/plain", "In Prometheus' text format.") },
    handle: async () => ({
      status: 200,
      headers: { "content-type": exposition.contentType },
      body: await exposition.metrics(),
    }),
  });
}

interface Operational {
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly responses: Responses;
  readonly handle: () => Promise<HttpResponse>;
}

function operational(parts: Operational): Route {
  return { ...getRoute({ ...parts, parameters: noParameters }), isUncounted: true };
}

const status = z.object({ status: z.string() });
