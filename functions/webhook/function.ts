import { eventFields } from "#runtime/event-fields.ts";
import type { EventOf } from "#runtime/event-kind.ts";
import { campaignAudience, type digest, type userRiskChanged } from "#runtime/event-kinds.ts";
import type { EventHandler } from "#runtime/function-definition.ts";
import type { Logger } from "#runtime/logging.ts";
import { MessageRefused, ReceiverUnavailable } from "./failures.ts";
import { messageId, signedHeaders } from "./sign.ts";

export interface WebhookServices {
  /** Undefined where no one is to be told. */
  readonly target: { readonly url: string; readonly secrets: readonly Uint8Array[] } | undefined;
  readonly timeoutMilliseconds: number;
  readonly logger: Pick<Logger, "info">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

type Told = EventOf<typeof userRiskChanged | typeof digest | typeof campaignAudience>;

/**
 * Sends an event as a message of Standard Webhooks, `{type, timestamp, data}`. Nothing follows. Throws ReceiverUnavailable, upon
 * which the Trigger delivers the event again later, and MessageRefused, upon which it goes to the dead letters: so does a list
 * that someone has sent where no one is to be told, as they think that it arrives.
 */
export const handle: EventHandler<Told, WebhookServices> = async (
  event,
  { target, timeoutMilliseconds, logger, now },
  fields,
) => {
  if (target === undefined) {
    if (event.type !== campaignAudience.type) return undefined;
    throw new MessageRefused("A list of a campaign was sent to the webhook, but WEBHOOK_URL is not set.");
  }
  const at = now();
  const body = JSON.stringify({
    type: event.type,
    timestamp: event.time ?? new Date(at).toISOString(),
    data: event.data,
  });
  const id = messageId(event);
  const status = await post(target.url, {
    headers: { "content-type": "application/json", ...signedHeaders({ id, body, at }, target.secrets) },
    body,
    // A receiver that leads elsewhere would have what is told of users go where no one has decided that it may.
    redirect: "manual",
    signal: AbortSignal.timeout(timeoutMilliseconds),
  });
  if (status < 200 || status > 299) throw refusal(status);
  logger.info({ ...eventFields(event), ...fields }, `The webhook took ${event.type}.`);
  return undefined;
};

async function post(url: string, request: Omit<RequestInit, "method">): Promise<number> {
  const response = await fetch(url, { method: "POST", ...request }).catch((cause: unknown) => {
    throw new ReceiverUnavailable("The webhook's receiver did not answer.", { cause });
  });
  // What it says is of no use here; not read, it would hold the connection.
  await response.body?.cancel();
  return response.status;
}

/**
 * A status of 408, 409, 425, 429 or of 500 and above may be another one later. That is what brokers try again (`isRetried`), with 425 and
 * without 404, by which a receiver says that the address is wrong.
 */
function refusal(status: number): ReceiverUnavailable | MessageRefused {
  const isTemporary = status >= 500 || [408, 409, 425, 429].includes(status);
  const message = `The webhook's receiver answered ${status}.`;
  return isTemporary ? new ReceiverUnavailable(message) : new MessageRefused(message);
}
