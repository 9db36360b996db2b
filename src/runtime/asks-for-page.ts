import { header } from "./headers.ts";
import type { HttpRequest } from "./http.ts";

/** Whether a browser shows a page, and not a program gets one. */
export function asksForPage({ method, headers }: Pick<HttpRequest, "method" | "headers">): boolean {
  return (method === "GET" || method === "HEAD") && (header({ headers }, "accept") ?? "").includes("text/html");
}
