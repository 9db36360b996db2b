import { errorResponse } from "../runtime/error-response.ts";
import { readEvent } from "../runtime/event-request.ts";
import { empty, type HttpHandler, json } from "../runtime/http.ts";
import type { Broker } from "./broker.ts";

/**
 * `POST /broker` as a Knative broker answers it: 202 once one CloudEvent of any type is accepted, whether or not a
 * Trigger takes it; 400 for what is no CloudEvent, 503 while the broker is full or shutting down.
 */
export function brokerEndpoint(broker: Pick<Broker, "publish">): HttpHandler {
  return async (request) => {
    if (request.method !== "POST") {
      return json(405, { error: "Send a CloudEvent to the broker with POST." }, { allow: "POST" });
    }
    try {
      broker.publish(readEvent(request));
      return empty(202);
    } catch (error) {
      return errorResponse(error);
    }
  };
}
