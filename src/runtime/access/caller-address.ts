import { header } from "../headers.ts";
import type { GateRequest } from "./gate.ts";

/** Where a request comes from: what the proxy says, if there is one in front, or else the other end of the connection. */
export function callerAddress(
  { headers, address }: Pick<GateRequest, "headers" | "address">,
  isBehindProxy: boolean,
): string {
  const forwarded = isBehindProxy ? header({ headers }, "x-forwarded-for") : undefined;
  return printable(forwarded ?? address ?? "unknown");
}

/** Of what a caller chose, as much as an entry should hold. */
export function printable(text: string): string {
  return text.slice(0, 100).replace(/[^\x20-\x7e]/g, "?");
}
