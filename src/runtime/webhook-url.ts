import { webUrl } from "./web-url.ts";

/** Of the function that sends, and of the desk, which offers to send lists only where someone receives them. */
export const webhookUrlSetting = {
  /** Receives each user whose risk has changed, the digest of the day and lists of campaigns; without it, nothing is sent. */
  WEBHOOK_URL: webUrl.optional(),
};
