import type { IncomingMessage, ServerResponse } from "node:http";
import { InvalidInput } from "#churn/failure.ts";
import type { Headers } from "../headers.ts";
import type { HttpResponse } from "../http.ts";
import { type ReadBodyOptions, readBody } from "../request-body.ts";
import { sendResponse } from "../send-response.ts";
import type { Exchange } from "./exchange.ts";

/** A request that Node's HTTP server has read. */
export class NodeExchange implements Exchange {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
  }

  get method(): string {
    return this.#request.method ?? "GET";
  }

  get url(): string {
    return this.#request.url ?? "/";
  }

  get headers(): Headers {
    return this.#request.headers;
  }

  get address(): string | undefined {
    return this.#request.socket.remoteAddress;
  }

  get isGone(): boolean {
    return this.#request.socket.destroyed;
  }

  get sentStatus(): number | undefined {
    return this.#response.headersSent ? this.#response.statusCode : undefined;
  }

  check(): void {
    checkHead(this.#request);
  }

  body(options: ReadBodyOptions): Buffer | Promise<Buffer> {
    return readBody(this.#request, options);
  }

  send(answer: HttpResponse, further: () => Readonly<Record<string, string>>): Promise<void> | undefined {
    return sendResponse(this.#request, this.#response, answer, further);
  }
}

/** Those that decide who asks and what is read. */
const singleHeaders = ["host", "authorization", "content-type"];

/** How many headers Node keeps by default (`maxHeadersCount`). It leaves out all others without a word. */
const mostHeaders = 1_000;

/**
 * Refuses headers that Node has left out, a repeated one of which it keeps the first, the host of a target that is a whole URL (RFC 9112, 3.2), and codings of the
 * body's transfer, which Node leaves as they are (7.1). Throws InvalidInput.
 */
function checkHead({ rawHeaders, httpVersion, headers, url = "/" }: IncomingMessage): void {
  if (rawHeaders.length > 2 * mostHeaders)
    throw new InvalidInput(`The request has more than ${mostHeaders} headers.`, { details: { limit: mostHeaders } });
  for (const single of singleHeaders) {
    let seen = 0;
    for (let at = 0; at < rawHeaders.length; at += 2) {
      const name = rawHeaders[at];
      // Compared by its length first, which few share.
      if (name?.length === single.length && name.toLowerCase() === single) seen += 1;
    }
    if (seen > 1) throw new InvalidInput(`The request has more than one ${single} header.`);
  }
  if (headers.host === undefined && httpVersion === "1.1") throw new InvalidInput("The request has no Host header.");
  const transfer = headers["transfer-encoding"];
  if (transfer !== undefined && transfer.toLowerCase() !== "chunked")
    throw new InvalidInput("The only transfer encoding accepted is chunked.");
  if (url.startsWith("/")) return;
  const authority = /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1];
  if (authority !== undefined && authority.toLowerCase() !== headers.host?.toLowerCase())
    throw new InvalidInput("The request's target and its Host header name different hosts.");
}
