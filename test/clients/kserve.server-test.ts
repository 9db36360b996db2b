import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { probabilityOf } from "#churn/model/predict.ts";
import { type RunningTarget, startFunctionTarget } from "../fuzz/targets.ts";
import { exampleManifest } from "../support/example-model.ts";
import { RunningProgram } from "../support/running-program.ts";

// KServe's client at the version that people install: the Python in MODEL_CLIENTS has the packages of requirements.txt.
const python = process.env.MODEL_CLIENTS ?? "";
const program = fileURLToPath(new URL("kserve_client.py", import.meta.url));
const { typical, parameters } = exampleManifest();
const expected = probabilityOf(parameters, typical);

const predictionSchema = z.looseObject({ probability: z.number() });
const predictedSchema = z.object({ predictions: z.array(predictionSchema).length(2) });
const explainedSchema = z.object({
  explanations: z.array(predictionSchema.extend({ reasons: z.array(z.unknown()) })).length(2),
});

let target: RunningTarget;
let answers: Record<string, unknown>;

beforeAll(async () => {
  target = await startFunctionTarget("predict");
  const [key = ""] = target.known.keys;
  const run = new RunningProgram(python, [program, `http://127.0.0.1:${target.port}`, key, JSON.stringify(typical)]);
  expect(await run.ended, run.messages.join("\n")).toBe(0);
  answers = Object.assign({}, ...run.lines.map((line) => JSON.parse(line)));
});
afterAll(() => target.stop());

describe("KServe's own client, with a key in the header,", () => {
  it.each(["live", "ready", "v1 model ready", "v2 model ready"])("learns what is ready: %s", (question) => {
    expect(answers[question]).toBe(true);
  });

  it("predicts and explains by V1", () => {
    const { predictions } = predictedSchema.parse(answers.v1);
    const { explanations } = explainedSchema.parse(answers["v1 explained"]);
    for (const { probability } of [...predictions, ...explanations]) expect(probability).toBeCloseTo(expected, 6);
  });

  it.each(["v2 json", "v2 binary"])("predicts by %s tensors", (form) => {
    for (const probability of z.array(z.number()).length(2).parse(answers[form]))
      expect(probability).toBeCloseTo(expected, 6);
  });
});

it.each(["v1", "v1 explained", "v2"].flatMap((asked) => [`${asked}, no key`, `${asked}, another key`]))(
  "KServe's own client is refused and told why: %s",
  (refused) => {
    expect(answers[refused]).toMatchObject({ status: 401, message: expect.stringMatching(/key/i) });
  },
);
