import { Failure } from "#churn/failure.ts";

/** The store is unavailable now; the same call may succeed later. */
export class StoreUnavailable extends Failure {
  override readonly name = "StoreUnavailable";
  override readonly kind = "unavailable";
  /** Whether the store takes nothing at present, whatever it is given: of a request in parts, no part fares better. */
  readonly refusesAll: boolean;

  /** Whether it, or a proxy in front of it, found the request too large. */
  readonly isTooLarge: boolean;

  constructor(message: string, { refusesAll = false, isTooLarge = false, ...options }: StoreUnavailableOptions = {}) {
    super(message, options);
    this.refusesAll = refusesAll;
    this.isTooLarge = isTooLarge;
  }

  override get publicMessage(): string {
    return "A store that this service needs is not available now; try again later.";
  }
}

interface StoreUnavailableOptions {
  readonly cause?: unknown;
  readonly refusesAll?: boolean;
  readonly isTooLarge?: boolean;
}

/** The store has no room for more until a person makes some. */
export class StoreFull extends Failure {
  override readonly name = "StoreFull";
  override readonly kind = "full";
}

/** The store does not accept what the caller sent, which is too large for it. */
export class RequestTooLarge extends Failure {
  override readonly name = "RequestTooLarge";
  override readonly kind = "too-large";

  override get publicMessage(): string {
    return "The store does not accept as much at a time; send it in parts.";
  }
}

/** What is stored does not agree with its checksums: it has to be restored. */
export class StoreDamaged extends Failure {
  override readonly name = "StoreDamaged";
  override readonly kind = "corrupt";

  override get publicMessage(): string {
    return "A store that this service needs is damaged; its log says which and what to do.";
  }
}

/** Whether a store that failed so takes nothing, whatever it is given. */
export function refusesAll(error: unknown): boolean {
  return error instanceof StoreFull || (error instanceof StoreUnavailable && error.refusesAll);
}
