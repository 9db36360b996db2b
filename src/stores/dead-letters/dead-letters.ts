import { createHash } from "node:crypto";

/** Events that a broker could not deliver, kept until somebody has looked at them. */
export interface DeadLetters {
  /**
   * Keeps a letter. One of the same event and destination takes the place of the former one, so that a repeated delivery
   * changes nothing. What was recorded survives a crash. Throws StoreUnavailable.
   */
  record(letter: DeadLetter): Promise<void>;

  /** Every letter, the latest first (ties by id). */
  list(): Promise<readonly KeptDeadLetter[]>;

  /** How many there are; cheaper than to list them. */
  count(): Promise<number>;

  /** The letter of that id; undefined when there is none. */
  get(id: string): Promise<KeptDeadLetter | undefined>;

  /** Forgets this very recording; one of the same event that was made meanwhile stays. */
  remove(letter: KeptDeadLetter): Promise<void>;
}

export interface DeadLetter {
  /** As it was sent, without what the broker added. */
  readonly event: UndeliveredEvent;
  /** The URL that did not take it; undefined where the broker does not say. */
  readonly destination?: string | undefined;
  /** The HTTP status of the last attempt; undefined where the broker does not say. */
  readonly status?: number | undefined;
  /** What the destination answered; cut after 768 bytes by brokers. */
  readonly answer?: string | undefined;
  /** When it came here, in milliseconds since the epoch. */
  readonly recordedAt: number;
}

export interface KeptDeadLetter extends DeadLetter {
  readonly id: string;
}

/** A CloudEvent with JSON data. */
interface UndeliveredEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string | undefined;
  readonly time?: string | undefined;
  readonly data?: unknown;
  readonly extensions?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/** The identity of a letter, of its event (source and id) and destination: 96 bits of SHA-256 in hex. */
export function deadLetterId({ event, destination }: DeadLetter): string {
  const identity = `${event.source}\0${event.id}\0${destination ?? ""}`;
  return createHash("sha256").update(identity).digest("hex").slice(0, 24);
}
