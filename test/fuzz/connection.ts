import { connect, type Socket } from "node:net";
import { bytesOf, leavesConnection, type WireRequest } from "./wire-request.ts";

/** A response, or what came in its place. */
export type Outcome =
  | {
      readonly kind: "response";
      readonly status: number;
      /** By lower-case name; of a repeated one the last. */
      readonly headers: ReadonlyMap<string, string>;
      readonly body: Buffer;
      readonly milliseconds: number;
    }
  /** The caller hung up, as it meant to. */
  | { readonly kind: "hung-up" }
  /** The connection ended without a response. */
  | { readonly kind: "closed"; readonly received: string }
  /** Nothing, or not all of it, came in time. */
  | { readonly kind: "hang" };

/** A connection that sends bytes just as they are, which Node's own client does not, and is made anew when it has ended. */
export class Connection {
  readonly #port: number;
  readonly #limitMilliseconds: number;
  #socket: Socket | undefined;

  constructor(port: number, limitMilliseconds: number) {
    this.#port = port;
    this.#limitMilliseconds = limitMilliseconds;
  }

  async send(request: WireRequest): Promise<Outcome> {
    const reused = this.#socket !== undefined;
    const outcome = await this.#exchange(request);
    // A server may close a connection that was idle: that is no response to a request.
    if (outcome.kind === "closed" && outcome.received === "" && reused) return this.#exchange(request);
    return outcome;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #exchange(request: WireRequest): Promise<Outcome> {
    const socket = this.#open();
    const began = performance.now();
    return new Promise((resolve) => {
      let received: Buffer = Buffer.alloc(0);
      let hasEnded = false;
      const finish = (outcome: Outcome, keep: boolean) => {
        clearTimeout(timer);
        socket.removeAllListeners("data").removeAllListeners("close");
        if (!keep) this.close();
        resolve(outcome);
      };
      const timer = setTimeout(() => finish({ kind: "hang" }, false), this.#limitMilliseconds);
      const look = () => {
        const parsed = parseResponse(received, request.method === "HEAD", hasEnded);
        if (parsed === undefined) return;
        const keep = leavesConnection(request) && parsed.headers.get("connection") !== "close" && !hasEnded;
        finish({ kind: "response", ...parsed, milliseconds: performance.now() - began }, keep);
      };
      socket.on("data", (chunk: Buffer) => {
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
        look();
      });
      socket.on("close", () => {
        hasEnded = true;
        this.#socket = undefined;
        look();
        finish({ kind: "closed", received: received.toString("latin1").slice(0, 300) }, false);
      });
      socket.write(bytesOf(request), () => {
        if (request.framing.kind === "hang-up") finish({ kind: "hung-up" }, false);
      });
    });
  }

  #open(): Socket {
    if (this.#socket === undefined) {
      this.#socket = connect({ port: this.#port, host: "127.0.0.1", noDelay: true });
      // What went wrong is told by what did not come.
      this.#socket.on("error", () => undefined);
    }
    return this.#socket;
  }
}

interface Parsed {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** The first response in `bytes` but for those of 1xx; undefined while it is not whole. */
function parseResponse(bytes: Buffer, isHead: boolean, hasEnded: boolean): Parsed | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [line = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line)?.[1] ?? Number.NaN);
  const rest = bytes.subarray(end + 4);
  if (status < 200) return parseResponse(rest, isHead, hasEnded);
  const headers = new Map(
    lines.map((each) => {
      const colon = each.indexOf(":");
      return [each.slice(0, colon).toLowerCase(), each.slice(colon + 1).trim()] as const;
    }),
  );
  if (isHead || status === 204 || status === 304) return { status, headers, body: Buffer.alloc(0) };
  const length = headers.get("content-length");
  if (length !== undefined)
    return rest.length < Number(length) ? undefined : { status, headers, body: rest.subarray(0, Number(length)) };
  const body = headers.get("transfer-encoding") === "chunked" ? bodyOfChunks(rest) : hasEnded ? rest : undefined;
  return body && { status, headers, body };
}

/** Undefined while the last chunk has not come. */
function bodyOfChunks(bytes: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf("\r\n", at);
    if (end === -1) return undefined;
    const size = Number.parseInt(bytes.subarray(at, end).toString("latin1"), 16);
    if (bytes.length < end + 4 + size) return undefined;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 4 + size;
  }
}
