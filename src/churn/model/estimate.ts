import * as z from "zod";

/** An estimate with the bounds of its 95 % bootstrap interval. */
export const estimateSchema = z.object({ value: z.number(), low: z.number(), high: z.number() });

export type Estimate = z.infer<typeof estimateSchema>;
