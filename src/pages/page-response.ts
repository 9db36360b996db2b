import { createHash } from "node:crypto";
import type { HttpResponse } from "#runtime/http.ts";

/**
 * A page as a response that browsers let do nothing but show itself and send its forms here: nothing is loaded, no other
 * site frames it, and of styles only those that stand in the page count, by their hashes. No script runs.
 */
export function pageResponse(body: string, { status = 200, headers = {} }: PageOptions = {}): HttpResponse {
  return { status, headers: { ...pageHeaders(body), ...headers }, body };
}

interface PageOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The headers of such a page. */
export function pageHeaders(body: string): Readonly<Record<string, string>> {
  const styles = [...body.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, style = ""]) => `'sha256-${hashOf(style)}'`);
  const policy = [
    "default-src 'none'",
    `style-src ${styles.length === 0 ? "'none'" : styles.join(" ")}`,
    // The empty icon, so that browsers ask for none.
    "img-src data:",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": policy.join("; "),
    "cross-origin-resource-policy": "same-origin",
    // Not no-referrer, with which browsers send `Origin: null` along with the forms of this very page.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
  };
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
