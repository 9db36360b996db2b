import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import * as z from "zod";

/**
 * What becomes of a request: it goes through; the connection breaks before it arrives, or after the server has done it;
 * it is never answered; it is refused with a status; or it is a bulk of which some operations are refused with 429.
 */
export type Fate =
  | "pass"
  | "break before"
  | "break after"
  | "hang"
  | { readonly status: number }
  | { readonly refuse: (position: number) => boolean };

/** A way to Elasticsearch that a test can disturb. Nothing but tests imports this file. */
export class FaultyProxy {
  /** Told of each request, such as "POST /_bulk"; it decides, and may do something first. */
  fate: (request: string) => Fate | Promise<Fate> = () => "pass";
  /** The requests so far. */
  readonly requests: string[] = [];
  readonly #target: string;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  private constructor(target: string) {
    this.#target = target;
  }

  static async start(target: string): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  }

  /** Ends every connection, and refuses new ones. */
  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks);
    const line = `${request.method} ${request.url?.split("?")[0]}`;
    this.requests.push(line);
    const fate = await this.fate(line);
    if (fate === "hang") return;
    if (fate === "break before") return void request.socket.destroy();
    if (typeof fate === "object" && "status" in fate) return answer(response, fate.status, { error: "refused" });
    if (typeof fate === "object") return this.#refuseSome(request, response, body.toString(), fate.refuse);
    const { status, text } = await this.#forward(request, body);
    if (fate === "break after") request.socket.destroy();
    else answer(response, status, text);
  }

  async #forward(request: IncomingMessage, body: Buffer | string): Promise<{ status: number; text: string }> {
    const { accept, "content-type": type, "content-length": _length } = request.headers;
    const answered = await fetch(this.#target + request.url, {
      method: request.method ?? "GET",
      headers: { ...(accept && { accept }), ...(type && { "content-type": type }) },
      ...(body.length > 0 && { body }),
    });
    return { status: answered.status, text: await answered.text() };
  }

  async #refuseSome(
    request: IncomingMessage,
    response: ServerResponse,
    body: string,
    isRefused: (position: number) => boolean,
  ): Promise<void> {
    const operations = operationsOf(body);
    const through = operations.filter((_, position) => !isRefused(position));
    const { text } =
      through.length === 0 ? { text: '{"items":[]}' } : await this.#forward(request, `${through.join("\n")}\n`);
    const done = bulkAnswer.parse(JSON.parse(text)).items;
    const refusal = { index: { status: 429, error: { reason: "rejected execution of coordinating operation" } } };
    answer(response, 200, { items: operations.map((_, position) => (isRefused(position) ? refusal : done.shift())) });
  }
}

const bulkAnswer = z.object({ items: z.array(z.unknown()) });

/** Each operation of a bulk, of one line or two. */
function operationsOf(body: string): string[] {
  const lines = body.trimEnd().split("\n");
  const operations: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const action = lines[i] ?? "";
    operations.push(action.startsWith('{"delete"') ? action : `${action}\n${lines[++i]}`);
  }
  return operations;
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    "content-type": "application/vnd.elasticsearch+json; compatible-with=9",
    "x-elastic-product": "Elasticsearch",
  });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}
