import { correlationOf } from "./correlation.ts";
import type { EventHandler } from "./event-handler.ts";
import { readEvent } from "./event-request.ts";
import { toBinary } from "./events.ts";
import { empty, type HttpHandler } from "./http.ts";
import type { Logger } from "./logging.ts";
import { measured } from "./measured.ts";
import type { EventMetrics } from "./metrics/events.ts";
import type { MetricsPush } from "./metrics/push.ts";

/**
 * An event handler as an HTTP handler: takes one CloudEvent, and answers 200 with the event that follows from it in
 * binary mode, or 204. Whatever is thrown passes through, to be answered and logged by the server.
 */
export function eventFunction<Services>(
  handle: EventHandler<Services>,
  services: Services,
  options: { name: string; events: EventMetrics; logger: Logger; push?: MetricsPush | undefined },
): HttpHandler {
  const handleMeasured = measured((event, fields) => handle(event, services, fields), options);
  return async (request) => {
    const answer = await handleMeasured(readEvent(request), correlationOf(request.headers));
    return answer === undefined ? empty(204) : { status: 200, ...toBinary(answer) };
  };
}
