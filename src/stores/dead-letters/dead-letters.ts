import { createHash } from "node:crypto";

/** Events that a broker could not deliver, kept until someone has looked at them. */
export interface DeadLetters {
  /**
   * Stores a letter. It replaces an earlier one of the same event and destination, so that a repeated delivery changes
   * nothing. What was recorded survives a crash. Throws StoreUnavailable.
   */
  record(letter: DeadLetter): Promise<void>;

  /** Every letter, latest first (ties by id). */
  list(): Promise<readonly KeptDeadLetter[]>;

  /** The number of letters; cheaper than listing them. */
  count(): Promise<number>;

  /** Undefined if absent. */
  get(id: string): Promise<KeptDeadLetter | undefined>;

  /** Removes this recording; a later one of the same event stays. */
  remove(letter: KeptDeadLetter): Promise<void>;
}

export interface DeadLetter {
  /** As sent, without what the broker added. */
  readonly event: UndeliveredEvent;
  /** The URL that refused it; undefined if the broker does not say. */
  readonly destination?: string | undefined;
  /** The HTTP status of the last attempt; undefined if the broker does not say. */
  readonly status?: number | undefined;
  /** The response of the destination; brokers cut it after 768 bytes. */
  readonly answer?: string | undefined;
  /** When it arrived here, in milliseconds since the epoch. */
  readonly recordedAt: number;
}

export interface KeptDeadLetter extends DeadLetter {
  readonly id: string;
}

/** A CloudEvent: its data is parsed JSON, or the bytes that were sent where JSON does not hold all of them. */
interface UndeliveredEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string | undefined;
  readonly time?: string | undefined;
  readonly datacontenttype?: string | undefined;
  readonly data?: unknown;
  readonly bytes?: Uint8Array | undefined;
  readonly extensions?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/** The identity of a letter: 96 bits of SHA-256 of the event's source and id and the destination, in hex. */
export function deadLetterId({ event, destination }: DeadLetter): string {
  const identity = `${event.source}\0${event.id}\0${destination ?? ""}`;
  return createHash("sha256").update(identity).digest("hex").slice(0, 24);
}
