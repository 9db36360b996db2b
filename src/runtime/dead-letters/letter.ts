import type { LapseEvent } from "../events.ts";

/** An event that a function did not take, and how it failed. */
export interface Letter {
  /** As sent, without what the broker added. */
  readonly event: LapseEvent;
  /** The URL that did not take it, as a broker says, or the name of the Service itself; undefined if that is not known. */
  readonly destination?: string | undefined;
  /** The HTTP status of the last attempt; undefined if it is not known. */
  readonly status?: number | undefined;
  /** The beginning of the response. */
  readonly answer?: string | undefined;
  /** In milliseconds since the epoch. */
  readonly recordedAt: number;
}

/** Where letters are stored. */
export interface LetterStore {
  /** Returns false for a letter that was there already. */
  record(letter: Letter): Promise<boolean>;
  has(letter: Letter): Promise<boolean>;
  count(): Promise<number>;
  /** Keeps why an event has failed that will come again; absent where the broker knows that. */
  note?(letter: Letter): Promise<void>;
}

/** The event without the attributes that Knative's brokers add, all of which begin with `knative`. */
export function asSent({ extensions = {}, ...event }: LapseEvent): LapseEvent {
  const own = Object.entries(extensions).filter(([name]) => !name.startsWith("knative"));
  return own.length === 0 ? event : { ...event, extensions: Object.fromEntries(own) };
}

/** The most bytes of a response that a letter holds, as Knative's own brokers have it. */
export const mostAnswerBytes = 768;
