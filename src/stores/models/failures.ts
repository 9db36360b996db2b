import { Failure } from "#churn/failure.ts";

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

/** Someone else moved the alias first. */
export class AliasMoved extends Failure {
  override readonly name = "AliasMoved";
  override readonly kind = "conflict";
}
