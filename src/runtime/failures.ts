import { Failure, type FailureKind } from "#churn/failure.ts";

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

/** The caller did not send the body in the time that a body may take. */
export class BodyTooSlow extends Failure {
  override readonly name = "BodyTooSlow";
  override readonly kind = "too-slow";
}

/** More is under way than this process has memory for; the same request may succeed a moment later. */
export class Overloaded extends Failure {
  override readonly name = "Overloaded";
  override readonly kind = "unavailable";
}

/** The caller closed the connection: there is nobody to send a response to, and nothing of ours failed. */
export class CallerGone extends Failure {
  override readonly name = "CallerGone";
  override readonly kind = "invalid";
}

/** The body of a request that brings an event could not be read: what is known of the event is in its headers. */
export class DataUnread extends Failure {
  override readonly name = "DataUnread";
  override readonly kind: FailureKind;

  private constructor(cause: Failure) {
    super(`${cause.publicMessage} The event's data were not read.`, {
      cause,
      ...(cause.details && { details: cause.details }),
    });
    this.kind = cause.kind;
  }

  /** The same failure, which says that the data are missing; anything that is no Failure as it is. */
  static of(error: unknown): unknown {
    return error instanceof Failure ? new DataUnread(error) : error;
  }
}

/** The function cannot work yet, and its readiness says so: no news for each request. */
export class NotReady extends Failure {
  override readonly name = "NotReady";
  override readonly kind = "unavailable";
}

/** What the work needs is not there yet, or was replaced meanwhile: the same event may succeed later. */
export class NotYet extends Failure {
  override readonly name = "NotYet";
  override readonly kind = "unavailable";
}

/** A broker did not take an event, or cannot be reached. */
export class EventNotTaken extends Failure {
  override readonly name = "EventNotTaken";
  override readonly kind = "unavailable";
}

/** As many dead letters are kept as may be: the broker tries again, and a person has to look at them. */
export class DeadLettersFull extends Failure {
  override readonly name = "DeadLettersFull";
  override readonly kind = "unavailable";
}
