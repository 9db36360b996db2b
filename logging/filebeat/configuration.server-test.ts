import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import * as z from "zod";
import { RunningProgram } from "#test/support/running-program.ts";

const eventSchema = z.looseObject({ message: z.string(), log: z.object({ offset: z.int() }) });
const filebeat = process.env.FILEBEAT ?? "";
const providerSchema = z.looseObject({
  templates: z.array(z.object({ config: z.array(z.looseObject({})) })),
  "hints.default_config": z.looseObject({}),
});
const beatSchema = z.object({
  spec: z.object({ config: z.looseObject({ "filebeat.autodiscover.providers": z.tuple([providerSchema]) }) }),
});
const { config } = beatSchema.parse(parse(await readFile(new URL("./beat.yaml", import.meta.url), "utf8"))).spec;
const [provider] = config["filebeat.autodiscover.providers"];

describe("Filebeat's own check of its configuration", () => {
  let folder: string;

  beforeAll(async () => {
    if (filebeat === "") throw new Error("FILEBEAT must name Filebeat's program: nothing was tested.");
    folder = await mkdtemp(join(tmpdir(), "lapse-filebeat-"));
  });

  afterAll(() => rm(folder, { recursive: true }));

  it("accepts that of a machine, and rejects a misspelt value", async () => {
    const text = await readFile(new URL("./filebeat.yml", import.meta.url), "utf8");
    await expect(test(text)).resolves.toContain("Config OK");
    await expect(test(text.replace("flush: 1s", "flush: soon"))).rejects.toThrow();
  });

  it("accepts that of a cluster, and rejects a misspelt processor", async () => {
    await expect(test(stringify(config))).resolves.toContain("Config OK");
    const text = stringify(config).replace("drop_fields", "drop_feilds");
    await expect(test(text)).rejects.toMatchObject({ stderr: expect.stringContaining("drop_feilds") });
  });

  // Autodiscovery makes such an input for each container that it finds.
  it.each([
    ["template", provider.templates[0]?.config[0] ?? {}],
    ["hints", { ...provider["hints.default_config"], enabled: true }],
  ])("reads a container's file with the input of its %s", async (_, input) => {
    const pods = await mkdtemp(join(folder, "pods-"));
    const containers = await mkdtemp(join(folder, "containers-"));
    const lines = ["stdout F one", "stderr F two", "stdout P cut by ", "stdout F the runtime"];
    await writeFile(join(pods, "0.log"), lines.map((line) => `2026-11-23T10:00:00.000000001Z ${line}\n`).join(""));
    await symlink(join(pods, "0.log"), join(containers, "pod_shop_web-c1.log"));
    const known = stringify(input)
      .replaceAll(/\$\{data\.[a-z.]+\}/g, "c1")
      .replace("/var/log/containers", containers);
    const { processors } = z.looseObject({ processors: z.array(z.unknown()) }).parse(config);
    const path = join(folder, "console.yml");
    await writeFile(path, stringify({ "filebeat.inputs": [parse(known)], processors, "output.console": {} }));
    const args = ["-c", path, "--strict.perms=false", "--path.data", join(pods, "data")];
    const running = new RunningProgram(filebeat, args);
    await running.says(/(the runtime)/);
    await running.end();
    const events = running.lines
      .filter((line) => line.startsWith("{"))
      .map((line) => eventSchema.parse(JSON.parse(line)));
    expect(events.map(({ message }) => message)).toEqual(["one", "two", "cut by the runtime"]);
    expect(events.map(({ log }) => log.offset)).toEqual([0, 44, 88]);
    expect(Object.keys(events[0] ?? {})).not.toContain("host");
  });

  async function test(text: string): Promise<string> {
    const path = join(folder, "filebeat.yml");
    await writeFile(path, text);
    const args = ["test", "config", "-c", path, "--strict.perms=false", "--path.data", join(folder, "data")];
    const { stdout } = await promisify(execFile)(filebeat, args, { env: { ...process.env, NODE_NAME: "n1" } });
    return stdout;
  }
});
