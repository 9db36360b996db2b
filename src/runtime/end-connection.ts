import type { Duplex } from "node:stream";

/** Why a connection is ended, in a response. */
export interface Refusal {
  /** With its reason, as the first line has it. */
  readonly status: string;
  readonly message: string;
  readonly headers?: readonly string[];
}

export const jsonType = { "content-type": "application/json; charset=utf-8" };

/** Writes the last response on a connection, one that no response object of Node's belongs to; without a body it could not be told why. */
export function endConnection(socket: Duplex, { status, message, headers = [] }: Refusal): void {
  // A caller who has gone is not told anything.
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify({ error: message });
  const head = [
    `HTTP/1.1 ${status}`,
    ...headers,
    `content-type: ${jsonType["content-type"]}`,
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  endAndLinger(socket, `${head.join("\r\n")}\r\n\r\n${body}`);
}

/** How long a caller may go on sending after the last response. */
const lingerMilliseconds = 1_000;

/**
 * Ends a connection for writing, after `text`, and lets what still comes go by until the caller ends it as well, or for a second. Of one that is
 * closed with something unread the system takes back what the caller has not received yet (RFC 9112, 9.6).
 */
export function endAndLinger(socket: Duplex, text = ""): void {
  socket.end(text, () => {
    if (socket.destroyed) return;
    const cut = setTimeout(() => socket.destroy(), lingerMilliseconds).unref();
    socket.once("close", () => clearTimeout(cut));
  });
  socket.resume();
}

/** Of a request that Node cannot read, or of which the headers do not come, by the code of its error. */
export function refusalOf(code: string | undefined): Refusal {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return { status: "431 Request Header Fields Too Large", message: "The headers are too large." };
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return { status: "413 Payload Too Large", message: "The extensions of the chunks are too large." };
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { status: "408 Request Timeout", message: "The request did not arrive in time." };
    default:
      return { status: "400 Bad Request", message: "This is not a valid HTTP request." };
  }
}
