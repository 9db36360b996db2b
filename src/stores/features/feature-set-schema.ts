import * as z from "zod";

const churnSchema = z.object({
  churnDays: z.int(),
  leadDays: z.int(),
  observeDays: z.int(),
  action: z.string().optional(),
  returnAction: z.string().optional(),
  passive: z.array(z.string()).optional(),
});

/** A stored definition. */
export const definitionSchema = z.object({ churn: churnSchema, actions: z.array(z.string()) });

/** What stored populations must be; sets of before they were stored have none. */
export const populationsSchema = z.array(churnSchema);

/** A stored feature set. */
export const featureSetSchema = z.object({
  id: z.string(),
  snapshot: z.int(),
  definition: definitionSchema,
  populations: populationsSchema.default([]),
  names: z.array(z.string()),
});

/** Sets that are kept, the latest: a run that another one has overtaken may still write rows of its own. */
export const keptSets = 10;
