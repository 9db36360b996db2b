import * as z from "zod";
import { contactLimits } from "#churn/intake/read-contact.ts";
import { textLimits } from "#churn/intake/text.ts";
import {
  describedAction,
  describedFlag,
  describedSource,
  describedTime,
  describedUserId,
  optionalText,
} from "#runtime/described-action.ts";
import { actionEvent, contactEvent } from "#runtime/event-kinds.ts";
import { cloudEventSchema } from "#runtime/event-schema.ts";
import { noBody, type RouteDescription } from "#runtime/route-description.ts";

const value = z.unknown().optional().describe("A number, such as money; anything else is left out.");

/** An action as applications send it: item.ts reads it. */
export const describedItem = describedAction
  .extend({ user_id: describedUserId, value, source: describedSource })
  .describe("What one user did.");

const subject = z.string().min(1).max(textLimits.user_id).describe("The user's id.");
const eventData = z.looseObject({
  action: describedAction.shape.action,
  value,
  timestamp: describedTime.nullish(),
});

const event = z.union([
  cloudEventSchema.extend({ type: z.literal(actionEvent.type), subject, data: eventData }),
  cloudEventSchema.extend({
    type: z.literal(contactEvent.type),
    subject,
    data: eventData.extend({
      campaign: optionalText(contactLimits.campaign).describe("The id of its campaign."),
      channel: optionalText(contactLimits.channel).describe("Such as mail or push."),
      opt_out: describedFlag.describe("The user wants none from now on."),
    }),
  }),
]);

const other = z.unknown().describe("Anything else is reported by its position.");

const report = z.looseObject({
  accepted: z.int().describe("Stored now: created and duplicates."),
  created: z.int(),
  duplicates: z.int().describe("Stored before."),
  contradictions: z
    .array(z.int())
    .optional()
    .describe("The positions of duplicates whose id came with other content before; what was stored first is kept."),
  contradictions_total: z.int().optional(),
  rejected: z.array(z.object({ index: z.int(), field: z.string().optional(), error: z.string() })),
  rejected_total: z.int(),
  values_left_out: z.int().optional(),
});

export const aboutIngest: RouteDescription = {
  summary: "Takes actions",
  description:
    "One at a time or many. A bad one is reported by its position, and the others are stored; only if none is an action is the response 400.",
  body: {
    "application/json": z.union([describedItem, z.array(z.union([describedItem, other]))]),
    "application/x-ndjson": z.string().describe("An action as JSON on each line."),
    "application/cloudevents+json": event,
    "application/cloudevents-batch+json": z.array(z.union([event, other])),
  },
  responses: { 200: report, 204: noBody("One CloudEvent was stored, now or before.") },
};
