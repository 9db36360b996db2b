import { createHash } from "node:crypto";

/** Events that a broker could not deliver, kept until someone has looked at them. */
export interface DeadLetters {
  /**
   * Stores a letter. It replaces an earlier one of the same event and Service, so that a repeated delivery changes nothing,
   * but what only the earlier one says of the failure stays: not every broker says it. Returns whether the letter is a new
   * one. What was recorded survives a crash. Throws StoreUnavailable.
   */
  record(letter: DeadLetter): Promise<boolean>;

  /** Whether there is a letter of the same event and Service. */
  has(letter: DeadLetter): Promise<boolean>;

  /**
   * Keeps what a Service says of its failure with an event that will come again, for the letter that may be recorded without
   * it; it is no letter. Absent where every broker says why: in the process of the function. Throws StoreUnavailable.
   */
  note?(letter: DeadLetter): Promise<void>;

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
  /** The URL that refused it, or the name of the Service that kept the letter itself; undefined if the broker does not say. */
  readonly destination?: string | undefined;
  /** The HTTP status of the last attempt; undefined if that is not known. */
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
  readonly dataschema?: string | undefined;
  readonly data?: unknown;
  readonly bytes?: Uint8Array | undefined;
  readonly extensions?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/**
 * The identity of a letter: 96 bits of SHA-256 of the event's source and id and the Service that did not take it, in hex. A
 * Service that keeps a letter itself knows its name, and a broker its URL: both are one letter.
 */
export function deadLetterId({ event, destination }: DeadLetter): string {
  const identity = `${event.source}\0${event.id}\0${serviceOf(destination) ?? ""}`;
  return createHash("sha256").update(identity).digest("hex").slice(0, 24);
}

/**
 * `ingest` for `http://ingest.lapse.svc.cluster.local/delivered`; another text as it is, also the URL of a JobSink, which tells
 * the sink by a longer path.
 */
export function serviceOf(destination: string | undefined): string | undefined {
  return /^https?:\/\/([^./:]+)\.[^/]*svc[^/]*(?:\/[^/]*)?$/.exec(destination ?? "")?.[1] ?? destination;
}

/** Two recordings of a letter as one: the later, with what only the earlier says of the failure. */
export function joinLetters(one: DeadLetter, other: DeadLetter): DeadLetter {
  const [earlier, later] = one.recordedAt <= other.recordedAt ? [one, other] : [other, one];
  const [status, answer] = [later.status ?? earlier.status, later.answer ?? earlier.answer];
  return { ...later, ...(status !== undefined && { status }), ...(answer !== undefined && { answer }) };
}
