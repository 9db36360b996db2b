import { Failure } from "#churn/failure.ts";

/** The store is unavailable now; the same call may succeed later. */
export class StoreUnavailable extends Failure {
  override readonly name = "StoreUnavailable";
  override readonly kind = "unavailable";
}

/** The server, or a proxy in front of it, does not accept a request of this size. */
export class RequestTooLarge extends Failure {
  override readonly name = "RequestTooLarge";
  override readonly kind = "too-large";
}
