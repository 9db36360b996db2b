import type { Caller } from "./access/access.ts";
import type { Correlation } from "./correlation.ts";
import type { Headers } from "./headers.ts";

/** A request as functions see it: whole, and independent of the server that took it. */
export interface HttpRequest {
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  /** What follows the question mark; undefined where there is none. */
  readonly query?: string | undefined;
  /** The parts of the path that its route names. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** By lower-case name. */
  readonly headers: Headers;
  /** Decompressed. */
  readonly body: Buffer;
  readonly correlation?: Correlation | undefined;
  /** Where it comes from, as callerAddress has it. */
  readonly address?: string | undefined;
  /** Undefined where nobody had to say who they are. */
  readonly caller?: Caller | undefined;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for a response without a body. */
  readonly body: string | Uint8Array;
  /**
   * What follows `body`, where the whole would be too large to hold: each piece is asked for when the one before is on its
   * way, and no more are once the caller has gone. If the first piece fails, the response is that of an error; if a later
   * one does, the connection is cut, so that a part never passes for the whole.
   */
  readonly rest?: AsyncIterable<string> | undefined;
}

/** Returns the response itself where nothing had to be waited for. */
export type HttpHandler = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;

/** A response with a JSON body. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(body),
  };
}

/** A response without a body, which is what a Knative broker expects where no event follows. */
export function empty(status: number, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { status, headers, body: "" };
}

/** The path of a request target, and its query string where it has one. */
export function splitTarget(target = "/"): { path: string; query: string | undefined } {
  const mark = target.indexOf("?");
  if (mark === -1) return { path: target === "" ? "/" : target, query: undefined };
  return { path: mark === 0 ? "/" : target.slice(0, mark), query: target.slice(mark + 1) };
}
