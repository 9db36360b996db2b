import { randomUUID } from "node:crypto";
import { Registry } from "prom-client";
import type { HttpResponse } from "#runtime/http.ts";
import { actionMetrics } from "#runtime/metrics/actions.ts";
import { handle, type RequestServices } from "./function.ts";

/**
 * Takes one action as from a caller, but stores none, which is enough to have the store ready for the first; what is counted goes nowhere. Returns
 * the response that the caller would get.
 */
export function rehearseAction(services: RequestServices): Promise<HttpResponse> {
  const quiet: RequestServices = {
    ...services,
    actions: {
      append: async (actions) => {
        await services.actions.append([]);
        return actions.map(() => ({ status: "created" }));
      },
    },
    metrics: actionMetrics(new Registry()),
    logger: undefined,
  };
  const action = { user_id: randomUUID(), action: "rehearsal", timestamp: new Date(services.now()).toISOString() };
  const body = Buffer.from(JSON.stringify(action));
  return handle({ method: "POST", path: "/", headers: { "content-type": "application/json" }, body }, quiet);
}
