import { Failure } from "#churn/failure.ts";

/** The request is larger than this service takes: it must be split. */
export class TooLarge extends Failure {
  override readonly name = "TooLarge";
  override readonly kind = "too-large";
}

/** A broker did not take an event, or cannot be reached. */
export class EventNotTaken extends Failure {
  override readonly name = "EventNotTaken";
  override readonly kind = "unavailable";
}
