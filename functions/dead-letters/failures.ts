import { Failure } from "#churn/failure.ts";

/** As many dead letters are kept as may be: the broker tries again, and a person has to look at them. */
export class DeadLettersFull extends Failure {
  override readonly name = "DeadLettersFull";
  override readonly kind = "unavailable";
}
