/** A request as functions see it: whole, and independent of the server that took it. */
export interface HttpRequest {
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** Empty for an answer without a body. */
  readonly body: string | Uint8Array;
}

export type HttpHandler = (request: HttpRequest) => Promise<HttpResponse>;

/** An answer with a JSON body. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(body),
  };
}

/** An answer without a body, which is what a Knative broker expects where no event follows. */
export function empty(status: number, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { status, headers: { ...headers }, body: "" };
}

/** One header's value; of a repeated header the first. */
export function header(request: Pick<HttpRequest, "headers">, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "object" ? value[0] : value;
}

/** The path of a request target, without its query string. */
export function pathOf(target: string | undefined): string {
  const path = target?.split("?", 1)[0];
  return path === undefined || path === "" ? "/" : path;
}
