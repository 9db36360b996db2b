import type { Headers } from "../headers.ts";
import type { HttpResponse } from "../http.ts";
import type { ReadBodyOptions } from "../request-body.ts";

/** A request that is responded to, whichever server it came to. */
export interface Exchange {
  readonly method: string;
  /** The request's target: path and query. */
  readonly url: string;
  readonly headers: Headers;
  /** Of the other end of the connection. */
  readonly address: string | undefined;
  /** Whether no response can reach the caller any more. */
  readonly isGone: boolean;
  /** The status of what was sent; undefined as long as nothing was. */
  readonly sentStatus: number | undefined;

  /** Refuses what a proxy in front may have read otherwise. Throws InvalidInput. */
  check(): void;

  /** The body, decompressed; see readBody for what it throws, or rejects with. */
  body(options: ReadBodyOptions): Buffer | Promise<Buffer>;

  /**
   * Sends the response, with further headers as they are then. Returns a promise where there is something to wait for; it rejects if
   * the first of several pieces cannot be made, before anything was sent.
   */
  send(answer: HttpResponse, further: () => Readonly<Record<string, string>>): Promise<void> | undefined;
}
