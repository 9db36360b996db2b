import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import type { ClientOptions } from "minio";

type Transport = NonNullable<ClientOptions["transport"]>;
type OnResponse = (response: IncomingMessage) => void;

/** There was no complete response in time. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** The server cannot respond now. */
export class Overloaded extends Error {
  override readonly name = "Overloaded";
}

/** The response came from something other than S3. */
export class NotS3 extends Error {
  override readonly name = "NotS3";
}

/**
 * Node's http or https for the MinIO client, which has no timeouts: a request ends within `milliseconds`, from the name
 * lookup to the last byte of the response.
 */
export function boundedTransport(transport: Transport, milliseconds: number): Transport {
  // The client calls request(options, onResponse); a proxy keeps the types of the other overloads.
  const request = new Proxy(transport.request, {
    apply(send, _this, [options, onResponse]: [RequestOptions, OnResponse]) {
      const sent = send(options, (response) => {
        const failure = failureOf(response);
        if (failure === undefined) return onResponse(response);
        // The client would leave the response unread and the connection unusable.
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
    // A reader of the response gets errors from the response only.
    (response ?? request).destroy(new NoAnswer(`no response within ${milliseconds} ms`));
  }, milliseconds);
  request.once("close", () => clearTimeout(timer));
}

/** Statuses whose responses the client does not read. */
const unread = new Set([408, 429, 499, 500, 502, 503, 504, 520]);

function failureOf({ statusCode = 0, headers }: IncomingMessage): Error | undefined {
  if (unread.has(statusCode)) return new Overloaded(`status ${statusCode}`);
  // S3 always sends it. MinIO's console, on the next port, returns a page with status 200 for any request.
  return headers["x-amz-request-id"] === undefined ? new NotS3(`status ${statusCode}`) : undefined;
}
