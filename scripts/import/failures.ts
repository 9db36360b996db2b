import { Failure } from "#churn/failure.ts";

/** The server could not take a batch, however often it was sent; the import may be started again as it was. */
export class ServerUnavailable extends Failure {
  override readonly name = "ServerUnavailable";
  override readonly kind = "unavailable";
}
