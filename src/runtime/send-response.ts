import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpResponse } from "./http.ts";
import { sendPieces } from "./send-pieces.ts";

/** How long a caller may go on sending a body that was refused, before the connection is cut. */
const discardMilliseconds = 5_000;

/** Writes a response to a Node request. Resolves when it is written; rejects, having sent nothing, if its first piece fails. */
export async function sendResponse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body, rest }: HttpResponse,
): Promise<void> {
  if (rest !== undefined) {
    const pieces = rest[Symbol.asyncIterator]();
    const first = await pieces.next();
    response.writeHead(status, { ...headers });
    response.write(body);
    await sendPieces(response, first, pieces);
    return;
  }
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
