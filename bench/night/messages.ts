import * as z from "zod";
import type { LapseEvent } from "#runtime/events.ts";

const event = z.custom<LapseEvent>((value) => typeof value === "object" && value !== null);

/**
 * What worker.ts tells: that it takes events; one that it sends to the Broker; and what it replies to one, with the seconds that took, those
 * of the processor, and the most memory that the process ever had.
 */
export const messageSchema = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({ published: event }),
  z.object({
    reply: event.nullable(),
    seconds: z.number(),
    processor: z.number(),
    peakMegabytes: z.number(),
  }),
]);

export type Message = z.infer<typeof messageSchema>;
