import * as z from "zod";

/** What is run in slices. */
export const jobs = ["roll-up", "features", "score"] as const;
export type Job = (typeof jobs)[number];

const runSchema = z.object({
  id: z.string(),
  slices: z.int().min(1),
  asOf: z.number().optional(),
  plan: z.unknown(),
  number: z.int(),
  ended: z.array(z.object({ slice: z.int(), counts: z.record(z.string(), z.number()) })),
  progressedAt: z.number().optional(),
  lastSlice: z.int().optional(),
});

/** The stored runs of one job, in the order of their numbers. */
export const runsSchema = z.array(runSchema);
