import * as z from "zod";
import { brokerToken, brokerTokenSetting } from "./broker-token.ts";
import { type LapseEvent, toStructured } from "./events.ts";
import { EventNotTaken } from "./failures.ts";
import { postEvent } from "./post-event.ts";
import { traced } from "./tracing/running-span.ts";
import { webUrl } from "./web-url.ts";

/** Where a function that sends events of its own finds the Broker. */
export const brokerSettings = { BROKER_URL: webUrl.optional(), ...brokerTokenSetting };

const brokerSettingsSchema = z.object(brokerSettings);

/** Sends events to the Broker; undefined where none is set. What it returns throws EventNotTaken, also for a token that cannot be read. */
export function publishTo({
  BROKER_URL: broker,
  BROKER_TOKEN_FILE: tokenFile,
}: z.infer<typeof brokerSettingsSchema>): ((event: LapseEvent) => Promise<void>) | undefined {
  if (broker === undefined) return undefined;
  return async (event) => {
    const key = await brokerToken(tokenFile);
    const { ok, status } = await postEvent(toStructured(traced(event)), { broker, key }).catch((cause: unknown) => {
      throw new EventNotTaken(`The broker at ${broker} does not respond.`, { cause });
    });
    if (!ok) throw new EventNotTaken(`The broker at ${broker} answered ${status}.`);
  };
}
