import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { probabilityOf } from "#churn/model/predict.ts";
import { type RunningTarget, startFunctionTarget } from "../fuzz/targets.ts";
import { exampleManifest } from "../support/example-model.ts";
import { RunningProgram } from "../support/running-program.ts";

// Triton's client as people install it: the Python in MODEL_CLIENTS has the packages of requirements.txt.
const python = process.env.MODEL_CLIENTS ?? "";
const program = fileURLToPath(new URL("triton.py", import.meta.url));
const { typical, parameters } = exampleManifest();

let target: RunningTarget;

beforeAll(async () => {
  target = await startFunctionTarget("predict");
});
afterAll(() => target.stop());

it("Triton's own client predicts with a key in the header, in JSON and binary tensors, and learns why without one", async () => {
  const [key = ""] = target.known.keys;
  const run = new RunningProgram(python, [program, `127.0.0.1:${target.port}`, key, JSON.stringify(typical)]);
  expect(await run.ended, run.lines.join("\n")).toBe(0);
  const answers = Object.assign(
    {},
    ...run.lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line)),
  );
  expect(answers).toMatchObject({ live: true, ready: true, metadata: "churn" });
  const expected = probabilityOf(parameters, typical);
  for (const form of ["json", "binary"]) {
    const probabilities = z.array(z.number()).length(2).parse(answers[form]);
    for (const probability of probabilities) expect(probability).toBeCloseTo(expected, 6);
  }
  for (const refused of ["no key", "another key"])
    expect(answers[refused]).toMatchObject({ status: "401", message: expect.stringMatching(/key/i) });
});
