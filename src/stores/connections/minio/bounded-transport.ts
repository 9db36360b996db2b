import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import type { ClientOptions } from "minio";

type Transport = NonNullable<ClientOptions["transport"]>;
type OnResponse = (response: IncomingMessage) => void;

/** There was no answer, or no end of it, in time. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** The server cannot now. */
export class Overloaded extends Error {
  override readonly name = "Overloaded";
}

/** Something else than S3 answered. */
export class NotS3 extends Error {
  override readonly name = "NotS3";
}

/**
 * Node's http or https for a client of MinIO, which has no time-outs itself: a request ends within `milliseconds`, from
 * the look-up of the name to the last byte of the answer.
 */
export function boundedTransport(transport: Transport, milliseconds: number): Transport {
  // The client calls request(options, onResponse); a proxy has the types of all the other forms as well.
  const request = new Proxy(transport.request, {
    apply(send, _this, [options, onResponse]: [RequestOptions, OnResponse]) {
      const sent = send(options, (response) => {
        const failure = failureOf(response);
        if (failure === undefined) return onResponse(response);
        // The client would leave the answer unread, and with it the connection.
        response.resume();
        sent.emit("error", failure);
      });
      endInTime(sent, milliseconds);
      return sent;
    },
  });
  return { request };
}

function endInTime(request: ClientRequest, milliseconds: number): void {
  let response: IncomingMessage | undefined;
  request.once("response", (answer) => {
    response = answer;
  });
  const timer = setTimeout(() => {
    // Whoever waits for the rest of an answer hears of it from the answer alone.
    (response ?? request).destroy(new NoAnswer(`no answer within ${milliseconds} ms`));
  }, milliseconds);
  request.once("close", () => clearTimeout(timer));
}

/** Statuses whose answers the client does not read. */
const unread = new Set([408, 429, 499, 500, 502, 503, 504, 520]);

function failureOf({ statusCode = 0, headers }: IncomingMessage): Error | undefined {
  if (unread.has(statusCode)) return new Overloaded(`status ${statusCode}`);
  // Every answer of S3 has it. The console of MinIO, on the next port, answers anything with a page and status 200.
  return headers["x-amz-request-id"] === undefined ? new NotS3(`status ${statusCode}`) : undefined;
}
