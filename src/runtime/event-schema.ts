import * as z from "zod";

/** The most characters of an attribute; CloudEvents name no bound, and ask that events of 64 KiB are taken. */
export const longestAttribute = 65_536;

/** The most attributes of an event, far more than any has; each is checked by itself. */
export const mostAttributes = 1_000;

const attribute = z.string().min(1).max(longestAttribute);

/** A CloudEvent in the JSON event format, for readers: event-request.ts reads it. */
export const cloudEventSchema = z
  .object({
    specversion: z.literal("1.0"),
    id: attribute,
    source: attribute,
    type: attribute,
    subject: attribute.nullish(),
    time: z.iso.datetime({ offset: true }).nullish(),
    datacontenttype: attribute.nullish(),
    dataschema: z.url().nullish(),
    data: z.unknown().optional(),
    data_base64: z.base64().nullish(),
  })
  .catchall(z.union([z.string(), z.boolean(), z.int(), z.null()]).describe("An extension attribute."))
  .describe(
    "A CloudEvent 1.0, of at most 1,000 attributes. In binary mode its attributes are ce- headers, and the body is its data.",
  );
