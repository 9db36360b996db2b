import * as z from "zod";

/** The URL of an issuer, or of its keys: by HTTPS unless it is on this machine. */
export const issuerUrl = z
  .url({ protocol: /^https?$/, error: "must be a URL that begins with https://.", abort: true })
  .refine(isEncrypted, "must begin with https://: on the way anyone could replace keys that are not encrypted.");

function isEncrypted(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}
