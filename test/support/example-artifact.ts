import type { ModelArtifact } from "#stores/models/model-store.ts";
import { exampleModel } from "./example-model.ts";

/**
 * One of several makings of a version, each with a model and a report of its own.
 */
export function exampleArtifact(version: string, making = "first"): ModelArtifact {
  const { parameters } = exampleModel().manifest;
  const intercept = parameters.intercept + making.length / 100;
  return { ...exampleModel({ version, parameters: { ...parameters, intercept } }), report: `<p>${making} – ünï</p>` };
}
