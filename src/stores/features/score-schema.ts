import * as z from "zod";

export const riskSchema = z.enum(["low", "medium", "high"]);

/** The stored reasons of a score. */
export const reasonsSchema = z.array(
  z.object({
    feature: z.string(),
    value: z.number(),
    typical: z.number(),
    contribution: z.number(),
    sentence: z.string(),
  }),
);
