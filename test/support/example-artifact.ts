import type { ModelArtifact } from "#stores/models/model-store.ts";
import { exampleModel, exampleParameters } from "./example-model.ts";

/**
 * One of several makings of a version, each with a model and a report of its own.
 */
export function exampleArtifact(version: string, making = "first"): ModelArtifact {
  const parameters = exampleParameters();
  const linear = { ...parameters.linear, intercept: parameters.linear.intercept + making.length / 100 };
  return { ...exampleModel({ version, parameters: { ...parameters, linear } }), report: `<p>${making} – ünï</p>` };
}
