import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpResponse } from "./http.ts";

/** How long a caller may go on sending a body that was refused, before the connection is cut. */
const discardMilliseconds = 5_000;

/** Writes a response to a Node request. */
export function sendResponse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: HttpResponse,
): void {
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
  response.writeHead(status, { ...headers, ...(status !== 204 && { "content-length": String(length) }) });
  response.end(body);
  discardRest(request);
}

/** Lets a caller who is still sending read the response; cutting the connection at once would keep them from it. */
export function discardRest(request: IncomingMessage): void {
  if (request.complete) return;
  const cut = setTimeout(() => request.destroy(), discardMilliseconds);
  request.once("close", () => clearTimeout(cut));
  request.resume();
}
