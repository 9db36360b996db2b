import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { functions } from "#local/functions.ts";
import { RunningProgram } from "../support/running-program.ts";
import { type RunningTarget, startFunctionTarget, startLocalTarget } from "./targets.ts";

const schemathesis = process.env.SCHEMATHESIS ?? "";
const config = fileURLToPath(new URL("schemathesis.toml", import.meta.url));

let folder: string;
let target: RunningTarget | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-schemathesis-"));
});
afterEach(() => target?.program.end("SIGKILL"));
afterAll(() => rm(folder, { recursive: true }));

/** What it wrote, and its exit status. */
async function check({ port, known: { keys } }: RunningTarget, examples: number) {
  const headers = keys.slice(0, 1).flatMap((key) => ["--header", `Authorization: Bearer ${key}`]);
  const phases = ["--phases", "coverage,fuzzing", "--max-examples", String(examples), "--seed", "20261126"];
  const quick = ["--no-shrink", "--continue-on-failure", "--request-timeout", "15", "--warnings", "off", "--no-color"];
  const args = ["--config-file", config, "run", ...headers, ...phases, ...quick];
  // In a folder of its own, where it keeps what it has found.
  const run = new RunningProgram(schemathesis, [...args, `http://127.0.0.1:${port}/openapi.json`], {}, folder);
  return { status: await run.ended, said: run.lines.join("\n") };
}

describe("Schemathesis finds nothing that is not as the OpenAPI description says", () => {
  it("in all of lapse in one process", { timeout: 900_000 }, async () => {
    target = await startLocalTarget();
    const { status, said } = await check(target, 20);
    expect(status, said).toBe(0);
    expect(said).toMatch(/Tested: [2-9]\d/);
    expect(await target.stop()).toEqual({ status: 0, errors: [] });
  });

  it.each(functions.map(({ name }) => name))("in the function %s as a pod runs it", async (name) => {
    target = await startFunctionTarget(name);
    const { status, said } = await check(target, 10);
    expect(status, said).toBe(0);
    expect(await target.stop()).toEqual({ status: 0, errors: [] });
  });
});
