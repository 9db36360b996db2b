import { type HttpResponse, json } from "./http.ts";
import { getRoute, noParameters, type Route } from "./route.ts";

/** What GET /metrics returns: a prom-client registry. */
interface Exposition {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/**
 * What a platform asks of every function: is it alive, and may it be sent requests. `unready` says why it may not be sent
 * any; undefined when it may.
 */
export function healthRoutes(unready: () => string | undefined): readonly Route[] {
  return [
    operational("/healthz", async () => json(200, { status: "alive" })),
    operational("/readyz", async () => {
      const reason = unready();
      return reason === undefined ? json(200, { status: "ready" }) : json(503, { status: reason });
    }),
  ];
}

/** How it is doing, for Prometheus. */
export function metricsRoute(exposition: Exposition): Route {
  return operational("/metrics", async () => ({
    status: 200,
    headers: { "content-type": exposition.contentType },
    body: await exposition.metrics(),
  }));
}

function operational(path: string, handle: () => Promise<HttpResponse>): Route {
  return { ...getRoute({ path, parameters: noParameters, handle }), isUncounted: true };
}
