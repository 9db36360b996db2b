import * as z from "zod";
import { campaignAudience, digest, userRiskChanged } from "#runtime/event-kinds.ts";
import { eventFunction } from "#runtime/function-definition.ts";
import { eventFunctionSettings } from "#runtime/function-settings.ts";
import { wholeNumber } from "#runtime/settings.ts";
import { withStoreRules } from "#runtime/store-settings.ts";
import { webhookUrlSetting } from "#runtime/webhook-url.ts";
import { handle } from "./function.ts";

export const webhookSettings = {
  ...webhookUrlSetting,
  /** Signs what is sent: whsec_ and at least 24 bytes in base64; several, divided by spaces, while they are changed. */
  WEBHOOK_SECRET: z
    .string()
    .regex(
      /^whsec_[A-Za-z0-9+/]{32,}={0,2}( whsec_[A-Za-z0-9+/]{32,}={0,2})*$/,
      "must be whsec_ and at least 24 bytes in base64.",
    )
    .transform((text) => text.split(" ").map((one) => Buffer.from(one.slice("whsec_".length), "base64")))
    .optional(),
  /** How long the receiver may take. */
  WEBHOOK_TIMEOUT_MS: wholeNumber(100, 60_000).default(15_000),
};

/** Sends events to an address of yours, signed. */
export const webhook = eventFunction({
  name: "webhook",
  settings: withStoreRules(z.object({ ...eventFunctionSettings, ...webhookSettings })).refine(
    ({ WEBHOOK_URL, WEBHOOK_SECRET }) => WEBHOOK_URL === undefined || WEBHOOK_SECRET !== undefined,
    { path: ["WEBHOOK_SECRET"], error: "is needed with WEBHOOK_URL." },
  ),
  services: async (_stores: unknown, { settings, logger, now }) => ({
    target:
      settings.WEBHOOK_URL === undefined
        ? undefined
        : { url: settings.WEBHOOK_URL, secrets: settings.WEBHOOK_SECRET ?? [] },
    timeoutMilliseconds: settings.WEBHOOK_TIMEOUT_MS,
    logger,
    now,
  }),
  takes: [userRiskChanged, digest, campaignAudience],
  handle,
});
