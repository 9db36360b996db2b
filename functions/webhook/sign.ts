import { createHmac } from "node:crypto";
import { shortHash } from "#churn/short-hash.ts";

/**
 * The headers of a message by Standard Webhooks 1.0.0 (standardwebhooks.com): an id that stays the same however often it is sent,
 * the time of sending in seconds, and an HMAC-SHA256 signature by each secret, so that secrets can be changed.
 */
export function signedHeaders(
  { id, body, at }: { readonly id: string; readonly body: string; readonly at: number },
  secrets: readonly Uint8Array[],
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const signatures = secrets.map(
    (secret) => `v1,${createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest("base64")}`,
  );
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}

/** The id of the message that tells of an event: of letters and digits, as a point would end it in what is signed. */
export function messageId({ source, id }: { readonly source: string; readonly id: string }): string {
  return `msg_${shortHash([source, id], 32)}`;
}
