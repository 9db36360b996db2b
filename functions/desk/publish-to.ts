import { Failure } from "#churn/failure.ts";
import { type LapseEvent, toStructured } from "#runtime/events.ts";

/** The broker refused an event, or cannot be reached. */
export class BrokerUnavailable extends Failure {
  override readonly name = "BrokerUnavailable";
  override readonly kind = "unavailable";
}

/** A broker only accepts an event, which is quick; in milliseconds. */
const timeout = 10_000;

/** Sends events to the broker at this URL. What it returns throws BrokerUnavailable. */
export function publishTo(broker: string): (event: LapseEvent) => Promise<void> {
  return async (event) => {
    const { headers, body } = toStructured(event);
    const request = { method: "POST", headers, body, signal: AbortSignal.timeout(timeout) };
    const response = await fetch(broker, request).catch((cause: unknown) => {
      throw new BrokerUnavailable(`The broker at ${broker} does not respond.`, { cause });
    });
    await response.body?.cancel();
    if (!response.ok) throw new BrokerUnavailable(`The broker at ${broker} answered ${response.status}.`);
  };
}
