import type { IncomingMessage, ServerResponse } from "node:http";
import { endResponse } from "./end-response.ts";
import type { HttpResponse } from "./http.ts";
import { sendPieces } from "./send-pieces.ts";

/**
 * How long the response to a body that was refused waits for the rest of it. Knative's proxies lose the connection where a response comes
 * before the end of the request (https://github.com/golang/go/issues/68560).
 */
const restMilliseconds = 2_000;
/** How long a caller may go on sending then, before the connection is cut. */
const discardMilliseconds = 5_000;

/**
 * Writes a response to a Node request, with further headers as they are then, once the request has come as a whole or for two seconds has
 * not; nothing if the caller has gone meanwhile. What comes in pieces is written when the promise resolves; it rejects, having sent nothing, if
 * the first piece fails. The connection is cut if the caller takes nothing for a minute.
 */
export function sendResponse(
  request: IncomingMessage,
  response: ServerResponse,
  answer: HttpResponse,
  further: () => Readonly<Record<string, string>>,
  stalledMilliseconds?: number,
): Promise<void> | undefined {
  const send = () => write(request, response, answer, { ...answer.headers, ...further() }, stalledMilliseconds);
  if (!isStillSent(request)) return send();
  return restOf(request).then(() => (request.socket.destroyed ? undefined : send()));
}

/**
 * Whether some of a body is still to come. A request without one is whole a moment later, and one that is injected rather than sent never
 * says that it is complete.
 */
function isStillSent({ complete, readableEnded, headers, destroyed }: IncomingMessage): boolean {
  if (complete || readableEnded || destroyed) return false;
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** Reads what is left of a body, for a while, and keeps none of it. */
function restOf(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      request.off("end", done);
      request.off("close", done);
      resolve();
    };
    const timer = setTimeout(done, restMilliseconds);
    request.once("end", done);
    request.once("close", done);
    request.resume();
  });
}

function write(
  request: IncomingMessage,
  response: ServerResponse,
  answer: HttpResponse,
  all: Record<string, string>,
  stalledMilliseconds: number | undefined,
): Promise<void> | undefined {
  const { status, body, rest } = answer;
  if (rest !== undefined) return sendInPieces(response, { ...answer, rest }, all, stalledMilliseconds);
  const encoding = setLength(answer, all);
  response.writeHead(status, all);
  endResponse(response, body, stalledMilliseconds, encoding);
  discardRest(request);
  return undefined;
}

/** Adds the length of a whole body to the headers of its response. Returns the encoding in which the body, if it is text, is written. */
export function setLength({ status, body }: HttpResponse, headers: Record<string, string>): "latin1" | "utf8" {
  const bytes = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
  if (status !== 204) headers["content-length"] = String(bytes);
  // Text of as many bytes as characters is the same in Latin-1, as which it need not be converted.
  return bytes === body.length ? "latin1" : "utf8";
}

/** A response that comes in pieces. */
export type ResponseInPieces = HttpResponse & { readonly rest: AsyncIterable<string> };

/** Sends a response that comes in pieces, with all of its headers. Rejects, having sent nothing, if the first piece cannot be made. */
export async function sendInPieces(
  response: ServerResponse,
  { status, body, rest }: ResponseInPieces,
  headers: Readonly<Record<string, string>>,
  stalledMilliseconds?: number,
): Promise<void> {
  const pieces = rest[Symbol.asyncIterator]();
  const first = await pieces.next();
  response.writeHead(status, headers);
  response.write(body);
  await sendPieces(response, first, pieces, stalledMilliseconds);
}

/** Lets a caller who is still sending read the response; cutting the connection at once would keep them from it. */
export function discardRest(request: IncomingMessage): void {
  if (request.complete) return;
  const cut = setTimeout(() => request.destroy(), discardMilliseconds);
  request.once("close", () => clearTimeout(cut));
  request.resume();
}
