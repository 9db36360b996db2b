import { brokerToken } from "./broker-token.ts";
import { type LapseEvent, toStructured } from "./events.ts";
import { EventNotTaken } from "./failures.ts";
import { postEvent } from "./post-event.ts";
import { traced } from "./tracing/running-span.ts";

/** Where a function that sends events of its own finds the Broker, as settings. */
export interface BrokerSettings {
  readonly BROKER_URL?: string | undefined;
  /** See `brokerTokenSetting`. */
  readonly BROKER_TOKEN_FILE?: string | undefined;
}

/** Sends events to the Broker; undefined where none is set. What it returns throws EventNotTaken, also for a token that cannot be read. */
export function publishTo({
  BROKER_URL: broker,
  BROKER_TOKEN_FILE: tokenFile,
}: BrokerSettings): ((event: LapseEvent) => Promise<void>) | undefined {
  if (broker === undefined) return undefined;
  return async (event) => {
    const key = await brokerToken(tokenFile);
    const { ok, status } = await postEvent(toStructured(traced(event)), { broker, key }).catch((cause: unknown) => {
      throw new EventNotTaken(`The broker at ${broker} does not respond.`, { cause });
    });
    if (!ok) throw new EventNotTaken(`The broker at ${broker} answered ${status}.`);
  };
}
