import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { setUpStores } from "#stores/open-stores.ts";
import { RunningProgram } from "../support/running-program.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const { K6 = "", JMETER = "" } = process.env;
const checkSchema = z.object({ passes: z.int(), fails: z.int() });
const summarySchema = z.object({ root_group: z.object({ checks: z.record(z.string(), checkSchema) }) });
const statisticsSchema = z.record(z.string(), z.object({ sampleCount: z.int(), errorCount: z.int() }));

describe("the load tests, with small numbers", () => {
  let folder: string;
  let lapse: RunningProgram;
  let url: URL;
  let sent = 0;

  beforeAll(async () => {
    if (K6 === "" || JMETER === "") throw new Error("K6 and JMETER must name their programs: nothing was tested.");
    folder = await mkdtemp(join(tmpdir(), "lapse-load-"));
    const args = [join(root, "scripts", "run.mjs"), "start"];
    lapse = new RunningProgram(process.execPath, args, { PORT: "0", DATA_DIR: join(folder, "data") });
    url = new URL(await lapse.says(/Ready on (\S+)/));
  });

  afterAll(async () => {
    await lapse?.end("SIGKILL");
    await rm(folder, { recursive: true });
  });

  it("k6 crosses no threshold", async () => {
    const summary = join(folder, "k6.json");
    // Few and patient enough that the speed of the machine does not decide.
    const settings = { BASE_URL: url.origin, RATE: "5", SECONDS: "10", P95_MS: "10000" };
    const named = Object.entries(settings).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
    // Exits with a status other than 0, and so rejects, if one is crossed.
    await run(
      K6,
      ["run", "--no-usage-report", "--quiet", "--summary-export", summary, ...named, "test/load/lapse.k6.js"],
      {
        cwd: root,
      },
    );
    const { checks } = summarySchema.parse(await json(summary)).root_group;
    const passes = Object.values(checks).map((check) => check.passes);
    expect(passes).toHaveLength(2);
    for (const count of passes) expect(count).toBeGreaterThanOrEqual(50);
    sent += checks["is stored"]?.passes ?? 0;
  });

  it("k6 does cross one where nothing answers", async () => {
    const settings = ["-e", "BASE_URL=http://127.0.0.1:9", "-e", "SECONDS=1"];
    const failed = run(K6, ["run", "--no-usage-report", "--quiet", ...settings, "test/load/lapse.k6.js"], {
      cwd: root,
    });
    await expect(failed).rejects.toMatchObject({ code: 99 });
  });

  it("JMeter sees no error, and writes its report", async () => {
    const report = join(folder, "report");
    const settings = { host: url.hostname, port: url.port, rate: "5", users: "4000", seconds: "10" };
    const named = Object.entries(settings).map(([name, value]) => `-J${name}=${value}`);
    const files = ["-l", join(folder, "out.jtl"), "-j", join(folder, "jmeter.log"), "-e", "-o", report];
    const exit = "-Jjmeterengine.force.system.exit=true";
    await run(JMETER, ["-n", "-t", "test/load/lapse.jmx", exit, ...named, ...files], { cwd: root });
    expect(await readFile(join(report, "index.html"), "utf8")).toContain("<html");
    const statistics = statisticsSchema.parse(await json(join(report, "statistics.json")));
    for (const label of ["send an action", "ask a prediction"]) {
      expect(statistics[label]?.errorCount).toBe(0);
      expect(statistics[label]?.sampleCount).toBeGreaterThanOrEqual(25);
    }
    sent += statistics["send an action"]?.sampleCount ?? 0;
  });

  it("what they sent is stored, each action once", async () => {
    await lapse.end();
    const stores = await setUpStores({ dataDir: join(folder, "data") }, Date.now);
    await stores.actions.rollUp();
    const frequencies = await stores.actions.actionFrequencies();
    await stores.close();
    expect(frequencies.find(({ action }) => action === "load-test")).toMatchObject({ count: sent });
  });
});

async function json(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8"));
}
