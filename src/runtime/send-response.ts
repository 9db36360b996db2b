import type { IncomingMessage, ServerResponse } from "node:http";
import { endResponse } from "./end-response.ts";
import type { HttpResponse } from "./http.ts";
import { sendPieces } from "./send-pieces.ts";

/** How long a caller may go on sending a body that was refused, before the connection is cut. */
const discardMilliseconds = 5_000;

/**
 * Writes a response to a Node request, with further headers. What comes in pieces is written when the promise resolves; it
 * rejects, having sent nothing, if the first piece fails. The connection is cut if the caller takes nothing for a minute.
 */
export function sendResponse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body, rest }: HttpResponse,
  further: Readonly<Record<string, string>>,
  stalledMilliseconds?: number,
): Promise<void> | undefined {
  const all: Record<string, string> = { ...headers, ...further };
  if (rest !== undefined) return sendInPieces(response, status, all, body, rest, stalledMilliseconds);
  if (status !== 204)
    all["content-length"] = String(typeof body === "string" ? Buffer.byteLength(body) : body.byteLength);
  response.writeHead(status, all);
  endResponse(response, body, stalledMilliseconds);
  discardRest(request);
  return undefined;
}

async function sendInPieces(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: string | Uint8Array,
  rest: AsyncIterable<string>,
  stalledMilliseconds: number | undefined,
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
