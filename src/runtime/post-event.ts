import { bearer } from "./bearer.ts";
import type { EventMessage } from "./events.ts";
import { traceHeaders } from "./tracing/running-span.ts";

export interface BrokerAddress {
  /** Its URL. */
  readonly broker: string;
  /** A key or a token that is shown to it; undefined if it asks for none. */
  readonly key?: string | undefined;
  /** A broker only accepts an event, which is quick. */
  readonly timeoutMilliseconds?: number;
}

export interface BrokerAnswer {
  readonly ok: boolean;
  readonly status: number;
  /** What it said, which is worth reading where it did not take the event. */
  readonly text: string;
}

/**
 * Sends an event to a broker, in whichever mode it was written, as a part of the running span: where the broker records
 * traces, or adds them to what it delivers, it goes on with this one. Rejects with fetch's error if there is no answer in
 * time.
 */
export async function postEvent(
  { headers, body }: EventMessage,
  { broker, key, timeoutMilliseconds = 10_000 }: BrokerAddress,
): Promise<BrokerAnswer> {
  const signal = AbortSignal.timeout(timeoutMilliseconds);
  const sent = { ...headers, ...traceHeaders(), ...bearer(key) };
  const response = await fetch(broker, { method: "POST", headers: sent, body, signal });
  return { ok: response.ok, status: response.status, text: await response.text() };
}
