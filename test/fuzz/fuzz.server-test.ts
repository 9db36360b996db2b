import { afterEach, describe, expect, it } from "vitest";
import { functions } from "#local/functions.ts";
import { metricFaults } from "./check-metrics.ts";
import { fuzz } from "./fuzz.ts";
import { type RunningTarget, startFunctionTarget, startLocalTarget } from "./targets.ts";

/** `npm run fuzz` sends more of them, with other seeds. */
const seed = 20261126;

let target: RunningTarget | undefined;
afterEach(() => target?.program.end("SIGKILL"));

describe("requests made and mutated from the OpenAPI description, sent byte by byte, find no fault, nor does promtool in the metrics after them,", () => {
  it("in all of lapse in one process", { timeout: 900_000 }, async () => {
    target = await startLocalTarget();
    const report = await fuzz(target, { requests: 16_000, seed });
    expect(report.faults).toEqual([]);
    expect(metricFaults(await target.metrics())).toBe("");
    expect(await target.stop()).toEqual({ status: 0, errors: [] });
    expect(report.sent).toBe(16_000);
    // What chance does not bring about: forms, a key, a campaign whose members are free, a tensor of the model's shape, the id of
    // a dead letter, a version to go back to.
    const hard =
      /^(POST \/(session|v2.*infer|campaigns.*|v1\/campaigns|(v1|operations)\/dead-letters.*)|[A-Z]+ \/(model|v1)\/rollback)$/;
    const never = [...report.routes].filter((route) => !report.wentWell.has(route) && !hard.test(route));
    expect(never).toEqual([]);
  });

  it.each(functions.map(({ name }) => name))("in the function %s as a pod runs it", async (name) => {
    target = await startFunctionTarget(name);
    const report = await fuzz(target, { requests: 600, seed });
    expect(report.faults).toEqual([]);
    expect(metricFaults(await target.metrics())).toBe("");
    expect(await target.stop()).toEqual({ status: 0, errors: [] });
    expect(report.wentWell).toContain("GET /openapi.json");
  });
});
