import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import * as z from "zod";

/** What the proxy does instead of passing a request on. */
export type Fault =
  /** Responds as Elasticsearch does when it refuses a request. */
  | { readonly kind: "refuse"; readonly status: number; readonly type: string; readonly reason: string }
  /** Breaks the connection; the server never sees the request. */
  | { readonly kind: "drop" }
  /** Never responds; the server never sees the request. */
  | { readonly kind: "hang" }
  /** Passes the request on, and breaks the connection instead of responding. */
  | { readonly kind: "lose-answer" }
  /** Refuses the operations of a bulk for which `refused` returns true, and passes the others on. */
  | { readonly kind: "refuse-items"; readonly status: number; readonly refused: (position: number) => boolean };

export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** A proxy in front of a real Elasticsearch that does to requests what full servers and bad networks do. */
export class FaultyProxy {
  readonly url: string;
  /** Decides what goes wrong with a request, if anything; the request waits for the decision. */
  fault: (request: ProxiedRequest) => Fault | undefined | Promise<Fault | undefined> = () => undefined;
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(target: string): Promise<FaultyProxy> {
    const server = createServer((request, response) => {
      proxy.#handle(target, request, response).catch(() => response.destroy());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = z.object({ port: z.int() }).parse(server.address());
    const proxy = new FaultyProxy(server, port);
    return proxy;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #handle(target: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks).toString();
    const { method = "GET", url: path = "/" } = request;
    const fault = await this.fault({ method, path, body });
    const send = (text: string) => forward(target + path, method, request, text);
    switch (fault?.kind) {
      case undefined:
        return answer(response, await send(body));
      case "refuse": {
        const { status, type, reason } = fault;
        const error = { root_cause: [{ type, reason }], type, reason };
        return answer(response, { status, type: "application/json", body: JSON.stringify({ error, status }) });
      }
      case "drop":
        response.destroy();
        return;
      case "hang":
        return;
      case "lose-answer":
        await send(body);
        response.destroy();
        return;
      case "refuse-items":
        return answer(response, await refuseItems(body, fault, send));
    }
  }
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

async function forward(url: string, method: string, request: IncomingMessage, body: string): Promise<Answer> {
  const { "content-type": contentType, accept } = request.headers;
  const response = await fetch(url, {
    method,
    headers: { ...(contentType && { "content-type": contentType }), ...(accept && { accept }) },
    ...(body === "" ? {} : { body }),
  });
  return {
    status: response.status,
    type: response.headers.get("content-type") ?? "application/json",
    body: await response.text(),
  };
}

function answer(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { "content-type": type, "x-elastic-product": "Elasticsearch" });
  response.end(body);
}

/** As a server whose queue is full for some shards: their operations are refused, the others done. */
async function refuseItems(
  body: string,
  { status, refused }: Extract<Fault, { kind: "refuse-items" }>,
  send: (body: string) => Promise<Answer>,
): Promise<Answer> {
  const operations = operationsIn(body);
  const passed = operations.filter((_, position) => !refused(position));
  const type = "application/json";
  const forwarded =
    passed.length > 0
      ? await send(passed.map(({ text }) => text).join(""))
      : { status: 200, type, body: '{"items":[]}' };
  if (forwarded.status !== 200) return forwarded;
  const done = z.object({ items: z.array(z.unknown()) }).parse(JSON.parse(forwarded.body)).items;
  const error = { type: "es_rejected_execution_exception", reason: "rejected execution of primary operation" };
  const items = operations.map(({ name }, position) =>
    refused(position) ? { [name]: { status, error } } : done.shift(),
  );
  return { ...forwarded, body: JSON.stringify({ errors: true, items }) };
}

function operationsIn(body: string): { name: string; text: string }[] {
  const lines = body.split("\n").filter((line) => line !== "");
  const operations: { name: string; text: string }[] = [];
  for (let i = 0; i < lines.length; i++) {
    const [name = ""] = Object.keys(z.looseObject({}).parse(JSON.parse(lines[i] ?? "{}")));
    const text = name === "delete" ? `${lines[i]}\n` : `${lines[i]}\n${lines[++i]}\n`;
    operations.push({ name, text });
  }
  return operations;
}
