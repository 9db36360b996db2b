import { problem } from "./access/problem.ts";
import type { DeadLetterKeeper } from "./dead-letters/keeper.ts";
import { retryAfter } from "./error-response.ts";
import { eventMode } from "./event-request.ts";
import { CallerGone, DataUnread } from "./failures.ts";
import type { Headers } from "./headers.ts";
import type { HttpResponse } from "./http.ts";
import { unreadableEvent } from "./unreadable-event.ts";

/** What a route has a say in although the request does not come as far as its handler. */
export interface EarlyRefusals {
  /** Called when the body could not be read, before the response to that. What it throws is responded to instead. */
  unread(headers: Headers, error: unknown): Promise<void>;

  /** The response to a request that the gate did not let in, of which no body was read. */
  notAdmitted(headers: Headers, refusal: HttpResponse): HttpResponse;
}

/**
 * Of a route to which a broker delivers: some brokers drop an event after any response that is not worth a retry.
 *
 * An event whose data cannot be read is kept as a dead letter, as far as its headers tell of it. One that is not let in is not
 * kept: anyone who reaches the port could fill the dead letters. It is asked to come again instead, after which every broker hands it to its
 * dead letter sink: either it is the broker's, and keys were turned on before its Trigger was changed, or it is no loss.
 */
export function earlyRefusals(deadLetters: Pick<DeadLetterKeeper, "failed">): EarlyRefusals {
  return {
    async unread(headers, error) {
      if (error instanceof CallerGone) return;
      const event = unreadableEvent({ headers });
      if (event !== undefined) await deadLetters.failed(event, DataUnread.of(error));
    },
    notAdmitted(headers, refusal) {
      // Brokers deliver in binary mode. Callers who send anything else are told what is wrong, as everywhere.
      if (eventMode({ headers }) !== "binary") return refusal;
      const detail = `This event was refused (${refusal.status}): it needs the credentials of a broker. Send it again once they are right.`;
      const { "www-authenticate": challenge } = refusal.headers;
      return problem(503, detail, {
        headers: { ...retryAfter, ...(challenge !== undefined && { "www-authenticate": challenge }) },
      });
    },
  };
}
