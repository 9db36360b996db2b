import { Failure } from "../churn/failure.ts";

/** The request is larger than this service takes: it must be split. */
export class TooLarge extends Failure {
  override readonly name = "TooLarge";
  override readonly kind = "too-large";
}
