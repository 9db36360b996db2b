/** What went wrong, as the caller should understand it; the runtime maps each kind to an HTTP status. */
export type FailureKind =
  | "invalid"
  | "not-found"
  | "conflict"
  | "too-large"
  | "too-slow"
  | "unsupported-media-type"
  | "unavailable"
  | "full"
  | "corrupt";

/**
 * The base of every error that lapse throws on purpose: its message names the operation and its target, for the log and for
 * people at a terminal. Anything that is not a Failure is a defect.
 */
export abstract class Failure extends Error {
  abstract override readonly name: string;
  abstract readonly kind: FailureKind;
  /** Further fields for a JSON answer, such as the faults by field. */
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(message: string, options?: { cause?: unknown; details?: Readonly<Record<string, unknown>> }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.details = options?.details;
  }

  /** What a caller over HTTP is told. A failure overrides it if its message may name files, servers or libraries. */
  get publicMessage(): string {
    return this.message;
  }

  /** What the audit keeps of it: not the message, which may name a user, unless a failure knows that its own names none. */
  get auditMessage(): string {
    return `${this.name} (${this.kind})`;
  }
}

/** The input is wrong and will never be right: it must not be sent again. */
export class InvalidInput extends Failure {
  override readonly name: "InvalidInput" | "TooLittleToLearn" = "InvalidInput";
  override readonly kind = "invalid";
}

/** The log holds too little to learn from, or nobody to predict for. The message says what is missing, and names no user. */
export class TooLittleToLearn extends InvalidInput {
  override readonly name = "TooLittleToLearn";

  override get auditMessage(): string {
    return this.message;
  }
}

export class NotFound extends Failure {
  override readonly name = "NotFound";
  override readonly kind = "not-found";
}

/** What failed, as the audit keeps it. */
export function failureInAudit(error: unknown): string {
  return error instanceof Failure ? error.auditMessage : "a defect";
}
