/** A request as it goes over the wire, which need not be a valid one. */
export interface WireRequest {
  /** The route that it was made for, as `METHOD /path/{template}`. */
  readonly route: string;
  /** Whether path and method are still those of the route, so that the response must be as described of it. */
  readonly isOnRoute: boolean;
  readonly method: string;
  /** Path and query, in whatever form. */
  readonly target: string;
  readonly version: string;
  readonly headers: readonly Header[];
  readonly body: Buffer;
  readonly framing: Framing;
}

export type Header = readonly [name: string, value: string];

/**
 * How the body is sent: with its length; in chunks of some bytes; with a length that is too short, or too long by some
 * bytes that never come; cut off in the middle, where the caller hangs up.
 */
export type Framing =
  | { readonly kind: "length" }
  | { readonly kind: "chunks"; readonly size: number }
  | { readonly kind: "wrong-length"; readonly by: number }
  | { readonly kind: "hang-up" };

/** Its bytes; characters of target and headers are bytes (latin1). */
export function bytesOf({ method, target, version, headers, body, framing }: WireRequest): Buffer {
  const length: readonly Header[] =
    framing.kind === "chunks"
      ? [["transfer-encoding", "chunked"]]
      : body.length === 0 && framing.kind === "length" && (method === "GET" || method === "HEAD")
        ? []
        : [["content-length", String(Math.max(0, body.length + (framing.kind === "wrong-length" ? framing.by : 0)))]];
  const lines = [...headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`);
  const head = Buffer.from(`${method} ${target} ${version}\r\n${lines.join("")}\r\n`, "latin1");
  switch (framing.kind) {
    case "chunks":
      return Buffer.concat([head, ...chunksOf(body, framing.size), Buffer.from("0\r\n\r\n")]);
    case "hang-up":
      return Buffer.concat([head, body.subarray(0, Math.floor(body.length / 2))]);
    default:
      return Buffer.concat([head, body]);
  }
}

/** Whether its connection can be used for the next request. */
export function leavesConnection({ framing, method, version }: WireRequest): boolean {
  return (framing.kind === "length" || framing.kind === "chunks") && method !== "CONNECT" && version === "HTTP/1.1";
}

function chunksOf(body: Buffer, size: number): readonly Buffer[] {
  const chunks: Buffer[] = [];
  for (let start = 0; start < body.length; start += size) {
    const chunk = body.subarray(start, start + size);
    chunks.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n"));
  }
  return chunks;
}
