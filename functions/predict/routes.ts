import type { FastifyInstance } from "fastify";
import { correlateScope } from "./correlate-scope.ts";
import { jsonScope } from "./json-scope.ts";
import type { PredictServices } from "./services.ts";
import { v1Routes } from "./v1-routes.ts";
import { v2Routes } from "./v2-routes.ts";

/** Serves predictions under /v1 and /v2 of a server that may serve other things beside them. */
export function predictRoutes(app: FastifyInstance, services: PredictServices): void {
  const protocols = { "/v1": v1Routes, "/v2": v2Routes };
  for (const [prefix, routes] of Object.entries(protocols))
    app.register(
      async (scope) => {
        const fieldsOf = correlateScope(scope, services.logger);
        jsonScope(scope, services.logger, { fieldsOf, storeErrors: services.metrics.storeErrors });
        routes(scope, services);
      },
      { prefix },
    );
}
