import type { HttpRequest } from "#runtime/http.ts";

/** Whether who makes the request may change things: pages show forms only to those. */
export function mayOperate({ caller }: Pick<HttpRequest, "caller">): boolean {
  return caller === undefined || caller.roles.includes("operate");
}
