import type { FastifyInstance } from "fastify";
import { jsonScope } from "./json-scope.ts";
import type { PredictServices } from "./services.ts";
import { v1Routes } from "./v1-routes.ts";
import { v2Routes } from "./v2-routes.ts";

/** Serves predictions under /v1 and /v2 of a server that may serve other things beside them. */
export function predictRoutes(app: FastifyInstance, services: PredictServices): void {
  app.register(
    async (scope) => {
      jsonScope(scope, services.log);
      v1Routes(scope, services);
    },
    { prefix: "/v1" },
  );
  app.register(
    async (scope) => {
      jsonScope(scope, services.log);
      v2Routes(scope, services);
    },
    { prefix: "/v2" },
  );
}
