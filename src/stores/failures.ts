import { Failure } from "#churn/failure.ts";

/** The store cannot answer now; the same call may succeed later. */
export class StoreUnavailable extends Failure {
  override readonly name = "StoreUnavailable";
  override readonly kind = "unavailable";
}

export class VersionExists extends Failure {
  override readonly name = "VersionExists";
  override readonly kind = "conflict";
}

export class VersionNotFound extends Failure {
  override readonly name = "VersionNotFound";
  override readonly kind = "not-found";
}

/** What is stored does not agree with its checksum or its schema, and must not be used. */
export class CorruptModel extends Failure {
  override readonly name = "CorruptModel";
  override readonly kind = "corrupt";
}

/** Somebody else moved the alias first. */
export class AliasMoved extends Failure {
  override readonly name = "AliasMoved";
  override readonly kind = "conflict";
}
