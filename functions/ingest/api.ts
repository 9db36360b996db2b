import * as z from "zod";
import { textLimits } from "#churn/intake/text.ts";
import { actionEvent, contactEvent } from "#runtime/event-kinds.ts";
import { cloudEventSchema } from "#runtime/event-schema.ts";
import { noBody, type RouteDescription } from "#runtime/route-description.ts";

const text = (limit: number) => z.string().min(1).max(limit);
const timestamp = z
  .union([z.iso.datetime({ offset: true }), z.number().min(0)])
  .describe("ISO 8601, or seconds or milliseconds since 1970; at most a day in the future.");
const value = z.unknown().optional().describe("A number, such as money; anything else is left out.");

/** An action as applications send it, for readers: item.ts reads it, and takes more forms of time than this. */
const item = z
  .looseObject({
    user_id: z.union([text(textLimits.user_id), z.int()]),
    action: z.union([text(textLimits.action), z.int()]),
    timestamp,
    value,
    passive: z.boolean().nullish().describe("Whether the business did it to the user; absent means that it did not."),
    event_id: z
      .union([z.string().max(textLimits.event_id), z.int()])
      .nullish()
      .describe("An action with an id is stored once, however often it is sent."),
    source: z
      .union([z.string().max(textLimits.source), z.int()])
      .nullish()
      .describe("Where the id is unique."),
  })
  .describe("What one user did.");

const event = cloudEventSchema.extend({
  type: z.enum([actionEvent.type, contactEvent.type]),
  subject: text(textLimits.user_id).describe("The user's id."),
  data: z.looseObject({
    action: z.union([text(textLimits.action), z.int()]),
    value,
    timestamp: timestamp.nullish(),
    campaign: z.string().max(64).nullish().describe("Of a contact: the id of its campaign."),
    channel: z.string().max(100).nullish().describe("Of a contact: such as mail or push."),
    opt_out: z.boolean().nullish().describe("Of a contact: the user wants none from now on."),
  }),
});

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
    "application/json": z.union([item, z.array(z.union([item, other]))]),
    "application/x-ndjson": z.string().describe("An action as JSON on each line."),
    "application/cloudevents+json": event,
    "application/cloudevents-batch+json": z.array(z.union([event, other])),
  },
  responses: { 200: report, 204: noBody("One CloudEvent was stored, now or before.") },
};
