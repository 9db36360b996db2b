import { STATUS_CODES } from "node:http";
import type { HttpResponse } from "../http.ts";

/**
 * A refusal as problem details (RFC 9457). Beside its members stands `error` with the text of `detail`, as in every error of
 * lapse and of KServe's protocols.
 */
export function problem(
  status: number,
  detail: string,
  {
    headers = {},
    members = {},
  }: { headers?: Readonly<Record<string, string>>; members?: Readonly<Record<string, unknown>> } = {},
): HttpResponse {
  const body = { type: "about:blank", title: STATUS_CODES[status], status, detail, error: detail, ...members };
  return {
    status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers },
    body: JSON.stringify(body),
  };
}
