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
  override readonly name: string = "CorruptModel";
  override readonly kind = "corrupt";

  override get publicMessage(): string {
    return "A stored model is damaged; the log of this service says which and how.";
  }
}

/** The file of an alias cannot be read: where it points is not known, but it can be moved. */
export class DamagedAlias extends CorruptModel {
  override readonly name = "DamagedAlias";
  /** For `moveAlias`. */
  readonly revision: string;

  constructor(message: string, revision: string) {
    super(message);
    this.revision = revision;
  }
}

/** Someone else moved the alias first. */
export class AliasMoved extends Failure {
  override readonly name = "AliasMoved";
  override readonly kind = "conflict";
}
