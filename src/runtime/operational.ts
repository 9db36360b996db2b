import { type HttpResponse, json } from "./http.ts";
import { getRoute, noParameters, type Route } from "./route.ts";

/** What GET /metrics returns: a prom-client registry. */
interface Exposition {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/**
 * What a platform asks of every function: is it alive, may it be sent requests, how is it doing. `unready` says why it may
 * not be sent any; undefined when it may.
 */
export function operationalRoutes(exposition: Exposition, unready: () => string | undefined): readonly Route[] {
  const routes: Readonly<Record<string, () => Promise<HttpResponse>>> = {
    "/healthz": async () => json(200, { status: "alive" }),
    "/readyz": async () => {
      const reason = unready();
      return reason === undefined ? json(200, { status: "ready" }) : json(503, { status: reason });
    },
    "/metrics": async () => ({
      status: 200,
      headers: { "content-type": exposition.contentType },
      body: await exposition.metrics(),
    }),
  };
  return Object.entries(routes).map(([path, handle]) => ({
    ...getRoute({ path, parameters: noParameters, handle }),
    isUncounted: true,
  }));
}
