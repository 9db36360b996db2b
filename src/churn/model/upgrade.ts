import * as z from "zod";

const numbers = z.array(z.number());

/** What of schema 1, which knew logistic models only, is written in another way now. */
const schema1 = z.looseObject({
  schema: z.literal(1),
  parameters: z.strictObject({
    kind: z.literal("logistic"),
    low: numbers,
    high: numbers,
    transform: z.array(z.string()),
    center: numbers,
    scale: numbers,
    weights: numbers,
    intercept: z.number(),
    /** A line that the log-odds went through last (Platt 1999). */
    calibration: z.object({ slope: z.number(), intercept: z.number() }),
  }),
  associations: numbers.optional(),
  training: z.looseObject({}),
});

/** A manifest of an earlier schema as one of schema 2, with the same predictions; anything else as it is. */
export function upgraded(manifest: unknown): unknown {
  const old = schema1.safeParse(manifest);
  if (!old.success) return manifest;
  const { kind, weights, intercept, calibration, ...scaling } = old.data.parameters;
  const linear = {
    weights: weights.map((weight) => calibration.slope * weight),
    intercept: calibration.slope * intercept + calibration.intercept,
  };
  return {
    ...old.data,
    schema: 2,
    parameters: { kind, scaling, linear },
    // Versions from before they were stored know no more than the weights.
    associations: old.data.associations ?? linear.weights,
    // What one standard deviation does, which is near what a value does on average.
    importances: linear.weights.map(Math.abs),
    training: { ...old.data.training, families: [] },
  };
}
