import { Failure } from "#churn/failure.ts";

/** The receiver cannot be reached, is busy, or failed: the same message may be taken later. */
export class ReceiverUnavailable extends Failure {
  override readonly name = "ReceiverUnavailable";
  override readonly kind = "unavailable";
}

/** The receiver says that it will never take this message. */
export class MessageRefused extends Failure {
  override readonly name = "MessageRefused";
  override readonly kind = "invalid";
}
