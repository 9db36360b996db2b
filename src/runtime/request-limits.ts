import { wholeNumber } from "./settings.ts";

/** What all requests of a process together, and each by itself, may take of it. */
export interface RequestLimits {
  /** How long a caller may take to send one body, in milliseconds. */
  readonly bodyMilliseconds: number;
  /** The bytes of bodies, decompressed, that are held at the same time. */
  readonly heldBytes: number;
}

/** Settings of every process that serves HTTP. */
export const requestLimitSettings = {
  /** How long a caller may take to send one body. */
  BODY_SECONDS: wholeNumber(1, 3_600).default(30),
  /** The bytes of request bodies, decompressed, that are held at the same time; beyond it callers get a 503. */
  BODIES_LIMIT: wholeNumber(1_048_576, 17_179_869_184).default(64 * 1024 * 1024),
};

export function requestLimitsOf(settings: { BODY_SECONDS: number; BODIES_LIMIT: number }): RequestLimits {
  return { bodyMilliseconds: settings.BODY_SECONDS * 1000, heldBytes: settings.BODIES_LIMIT };
}
