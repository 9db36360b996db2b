import * as z from "zod";

/** What a training took. */
export const figuresSchema = z.object({
  users: z.number(),
  actions: z.number(),
  features: z.number(),
  /** Of the processor, on all cores, without reading the file. */
  seconds: z.number(),
});
