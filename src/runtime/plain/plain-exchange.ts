import { IncomingMessage, ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Exchange } from "../exchange/exchange.ts";
import type { Headers } from "../headers.ts";
import type { HttpResponse } from "../http.ts";
import { type ReadBodyOptions, tooLarge } from "../request-body.ts";
import { type ResponseInPieces, sendInPieces, setLength } from "../send-response.ts";
import type { PlainHead } from "./plain-head.ts";

/** A plain request that has come as a whole, and its response, written to the connection without a stream of Node's for either. */
export class PlainExchange implements Exchange {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly #socket: Socket;
  readonly #body: Buffer;
  #sentStatus: number | undefined;
  #isLast = false;

  constructor(socket: Socket, { method, url, headers }: PlainHead, body: Buffer) {
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.#socket = socket;
    this.#body = body;
  }

  get address(): string | undefined {
    return this.#socket.remoteAddress;
  }

  get isGone(): boolean {
    return this.#socket.destroyed;
  }

  get sentStatus(): number | undefined {
    return this.#sentStatus;
  }

  /** Whether the response says that it is the last one on the connection. */
  get isLast(): boolean {
    return this.#isLast;
  }

  /** A head is plain only if nobody can read it otherwise. */
  check(): void {}

  body({ limit, share }: ReadBodyOptions): Buffer {
    if (this.#body.length > limit) throw tooLarge(limit);
    share.grow(this.#body.length);
    return this.#body;
  }

  send(answer: HttpResponse, further: () => Readonly<Record<string, string>>): Promise<void> | undefined {
    const headers = { ...answer.headers, ...further() };
    this.#isLast = headers.connection === "close";
    if (answer.rest === undefined) this.#sendWhole(answer, headers);
    else return this.#sendInPieces({ ...answer, rest: answer.rest }, headers);
    return undefined;
  }

  #sendWhole(answer: HttpResponse, headers: Record<string, string>): void {
    const { status, body } = answer;
    const encoding = setLength(answer, headers);
    const head = headText(status, headers);
    this.#sentStatus = status;
    if (status === 204 || status === 304 || body.length === 0) this.#socket.write(head, "latin1");
    else if (typeof body === "string" && encoding === "latin1") this.#socket.write(head + body, "latin1");
    else {
      this.#socket.cork();
      this.#socket.write(head, "latin1");
      this.#socket.write(body);
      this.#socket.uncork();
    }
  }

  /** By a response of Node's, which knows how to send what has no length yet. */
  async #sendInPieces(answer: ResponseInPieces, headers: Record<string, string>): Promise<void> {
    const socket = this.#socket;
    if (socket.destroyed) {
      // A response of Node's would not hear of it any more, and keep what the pieces are made of.
      await answer.rest[Symbol.asyncIterator]().return?.();
      return;
    }
    const request = new IncomingMessage(socket);
    Object.assign(request, { method: this.method, httpVersionMajor: 1, httpVersionMinor: 1 });
    const response = new ServerResponse(request);
    const drained = () => response.emit("drain");
    response.assignSocket(socket);
    socket.on("drain", drained);
    try {
      await sendInPieces(response, answer, headers);
    } finally {
      if (response.headersSent) this.#sentStatus = answer.status;
      socket.off("drain", drained);
      response.detachSocket(socket);
    }
  }
}

// What Node lets through as well.
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const text = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Throws a TypeError for a header that would be the end of the head, or of its line. */
function headText(status: number, headers: Readonly<Record<string, string>>): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "unknown"}\r\n`;
  for (const [name, value] of Object.entries(headers)) {
    if (!token.test(name) || !text.test(value)) throw new TypeError(`The header ${name} cannot be sent.`);
    head += `${name}: ${value}\r\n`;
  }
  const kept = headers.connection === undefined ? "Connection: keep-alive\r\n" : "";
  return `${head}Date: ${dateText()}\r\n${kept}\r\n`;
}

let second = 0;
let dateOfSecond = "";

/** Now, as HTTP has it (RFC 9110, 5.6.7): made once a second. */
function dateText(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) {
    second = now;
    dateOfSecond = new Date(now * 1000).toUTCString();
  }
  return dateOfSecond;
}
