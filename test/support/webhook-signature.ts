import { createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** Whether a message is signed with a secret, as Standard Webhooks 1.0.0 says (standardwebhooks.com): written here apart from the code that signs. */
export function isSigned(headers: IncomingHttpHeaders, body: string, secret: Buffer): boolean {
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  return headers["webhook-signature"] === `v1,${createHmac("sha256", secret).update(signed).digest("base64")}`;
}
