import { Failure } from "#churn/failure.ts";

/** The broker holds as many deliveries as it may; the sender should come back later. */
export class BrokerFull extends Failure {
  override readonly name = "BrokerFull";
  override readonly kind = "unavailable";
}

/** The broker is shutting down and takes nothing new. */
export class BrokerClosed extends Failure {
  override readonly name = "BrokerClosed";
  override readonly kind = "unavailable";
}

/** A subscriber did not answer in the time that its Trigger allows. */
export class SubscriberTimeout extends Failure {
  override readonly name = "SubscriberTimeout";
  override readonly kind = "unavailable";
}

/** The manifests cannot be read, or do not fit each other or the handlers. */
export class BadManifests extends Failure {
  override readonly name = "BadManifests";
  override readonly kind = "invalid";
}
