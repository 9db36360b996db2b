import { Failure } from "#churn/failure.ts";

/** The request is larger than this service takes: it must be split. */
export class TooLarge extends Failure {
  override readonly name = "TooLarge";
  override readonly kind = "too-large";
}

/** The body is of a content type that this service does not read. */
export class UnsupportedMediaType extends Failure {
  override readonly name = "UnsupportedMediaType";
  override readonly kind = "unsupported-media-type";
}

/** The function cannot work yet, and its readiness says so: no news for each request. */
export class NotReady extends Failure {
  override readonly name = "NotReady";
  override readonly kind = "unavailable";
}

/** A broker did not take an event, or cannot be reached. */
export class EventNotTaken extends Failure {
  override readonly name = "EventNotTaken";
  override readonly kind = "unavailable";
}
