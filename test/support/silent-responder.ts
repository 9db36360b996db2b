import { Registry } from "prom-client";
import type { Gate } from "#runtime/access/gate.ts";
import { createLogger, type Logger } from "#runtime/logging.ts";
import { requestMetrics } from "#runtime/metrics/requests.ts";
import { storeErrorMetrics } from "#runtime/metrics/store-errors.ts";
import type { RequestLimits } from "#runtime/request-limits.ts";
import { Responder } from "#runtime/responder.ts";

/** A responder whose metrics and logs go nowhere, but for those that are given. */
export function silentResponder({
  metrics = new Registry(),
  logger = createLogger({ service: "test", level: "silent" }),
  stopping,
  gate,
  limits = { bodyMilliseconds: 30_000, heldBytes: 64 * 1024 * 1024 },
}: {
  metrics?: Registry;
  logger?: Logger;
  stopping?: () => boolean;
  gate?: Gate;
  limits?: RequestLimits;
} = {}): Responder {
  return new Responder({
    requests: requestMetrics(metrics),
    storeErrors: storeErrorMetrics(metrics),
    logger,
    stopping,
    gate,
    limits,
    isBehindProxy: false,
  });
}
