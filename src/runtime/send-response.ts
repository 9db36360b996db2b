import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpResponse } from "./http.ts";

/** How long a caller may go on sending a body that was refused, before the connection is cut. */
const discardMilliseconds = 5_000;

/** Writes an answer to a Node request. With `last`, the connection is closed after it. */
export function sendResponse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: HttpResponse,
  last: boolean,
): void {
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
  response.writeHead(status, {
    ...headers,
    ...(status !== 204 && { "content-length": String(length) }),
    ...(last && { connection: "close" }),
  });
  response.end(body);
  if (!request.complete) discardRest(request);
}

/** Cutting the connection at once would keep a caller who is still sending from reading the answer. */
function discardRest(request: IncomingMessage): void {
  const cut = setTimeout(() => request.destroy(), discardMilliseconds);
  request.once("close", () => clearTimeout(cut));
  request.resume();
}
