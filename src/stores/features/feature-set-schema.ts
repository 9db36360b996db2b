import * as z from "zod";

/** What a stored definition must be. */
export const definitionSchema = z.object({
  churn: z.object({ churnDays: z.int(), leadDays: z.int(), observeDays: z.int() }),
  actions: z.array(z.string()),
});

/** What a stored feature set must be. */
export const featureSetSchema = z.object({
  id: z.string(),
  snapshot: z.int(),
  definition: definitionSchema,
  names: z.array(z.string()),
});

/**
 * So many sets are kept, those that were put last: a run that another one has overtaken may still write rows of its own.
 */
export const keptSets = 10;
