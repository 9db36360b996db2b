import { Failure, type FailureKind } from "#churn/failure.ts";
import { type HttpResponse, json } from "./http.ts";

/** Tells a caller when to try again what was unavailable, in seconds. */
export const retryAfter: Readonly<Record<string, string>> = { "retry-after": "5" };

/**
 * The response to a request that failed, as `{"error": "…"}` with the failure's details. A Failure decides what the caller
 * is told; of anything else, which is a defect, the caller learns nothing.
 */
export function errorResponse(error: unknown): HttpResponse {
  if (!(error instanceof Failure)) return json(500, { error: "Something went wrong in this service." });
  const status = statusOf(error.kind);
  return json(status, { error: error.publicMessage, ...error.details }, headersOf(status));
}

function headersOf(status: number): Readonly<Record<string, string>> {
  switch (status) {
    case 408:
      // What is left of the body would be taken for the next request.
      return { connection: "close" };
    case 503:
      return retryAfter;
    default:
      return {};
  }
}

/**
 * Whether a broker sends an event again after a response of this status (Knative's data plane contract, "Event
 * Acknowledgement and Delivery Retry"; 408 as its implementation does). Every other 4xx means that the event will never be
 * accepted.
 */
export function isRetried(status: number): boolean {
  return status >= 500 || status === 404 || status === 408 || status === 409 || status === 429;
}

/** The HTTP status of each kind of failure. A broker never repeats an event answered with 400 or 413. */
export function statusOf(kind: FailureKind): number {
  switch (kind) {
    case "invalid":
      return 400;
    case "not-found":
      return 404;
    case "too-slow":
      return 408;
    case "conflict":
      return 409;
    case "too-large":
      return 413;
    case "unsupported-media-type":
      return 415;
    case "corrupt":
      return 500;
    case "unavailable":
      return 503;
    case "full":
      return 507;
  }
}
