import { Failure } from "#churn/failure.ts";
import { type LapseEvent, toStructured } from "#runtime/events.ts";
import { postEvent } from "#runtime/post-event.ts";

/** The broker refused an event, or cannot be reached. */
export class BrokerUnavailable extends Failure {
  override readonly name = "BrokerUnavailable";
  override readonly kind = "unavailable";
}

/** Sends events to the broker at this URL. What it returns throws BrokerUnavailable. */
export function publishTo(broker: string): (event: LapseEvent) => Promise<void> {
  return async (event) => {
    const { ok, status } = await postEvent(toStructured(event), { broker }).catch((cause: unknown) => {
      throw new BrokerUnavailable(`The broker at ${broker} does not respond.`, { cause });
    });
    if (!ok) throw new BrokerUnavailable(`The broker at ${broker} answered ${status}.`);
  };
}
