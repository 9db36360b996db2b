import type { ServerResponse } from "node:http";
import { Socket } from "node:net";

/** How long a caller may take nothing of a response before the connection is cut: until then, what it takes up stays so. */
export const stalledMilliseconds = 60_000;

/** Ends a response, after `body` if there is one, which is text of the encoding or bytes, and cuts the connection if the caller takes nothing of the rest for so long. */
export function endResponse(
  response: ServerResponse,
  body: string | Uint8Array | undefined,
  milliseconds = stalledMilliseconds,
  encoding: BufferEncoding = "utf8",
): void {
  response.end(body, encoding);
  // As nearly always: the system has taken all of it.
  if (response.writableLength === 0) return;
  // Node's timer of a connection begins again whenever some of a write has been taken.
  response.setTimeout(milliseconds, () => response.destroy());
  // Before Node's own, which sets how long the connection may be idle; the request behind this one may take longer.
  response.prependOnceListener("finish", () => {
    // Where a request is injected rather than sent there is no connection.
    if (response.socket instanceof Socket) response.socket.setTimeout(0);
  });
}
