import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DirectoryModelStore } from "#stores/models/directory/model-store.ts";
import { setUpStores } from "#stores/open-stores.ts";
import { exampleManifest, exampleModel, vectorAway } from "#test/support/example-model.ts";
import { exampleNote } from "#test/support/example-note.ts";
import { leaveDataFolder } from "#test/support/former-start.ts";
import { RunningProgram } from "#test/support/running-program.ts";

/** Of a start on a busy machine. */
const patient = 120_000;

let folder: string;
const started: RunningProgram[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-damaged-"));
  await leaveDataFolder(folder, ["v1", "v2"]);
});

afterEach(async () => {
  for (const program of started.splice(0)) await program.end("SIGKILL");
  await rm(folder, { recursive: true });
});

function start(environment: Record<string, string> = {}): RunningProgram {
  const program = RunningProgram.ofLapse(["start"], {
    PORT: "0",
    DATA_DIR: folder,
    ...environment,
  });
  started.push(program);
  return program;
}

/** The response to an ordinary request. */
async function predict(url: string): Promise<unknown> {
  const response = await fetch(`${url}/v1/models/churn:predict`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ instances: [vectorAway(exampleManifest(), 30)] }),
  });
  return response.json();
}

/** Stores actions, and changes some bytes of the block that lies in the middle of the database. */
async function damageBlock(): Promise<void> {
  const stores = await setUpStores({ dataDir: folder }, Date.now);
  const time = Date.UTC(2026, 0, 1);
  await stores.actions.append(
    Array.from({ length: 50_000 }, (_, i) => ({ userId: `user-${i}`, action: "login", time, eventId: `e-${i}` })),
  );
  await stores.close();
  const path = join(folder, "lapse.duckdb");
  const bytes = await readFile(path);
  const middle = Math.floor(bytes.length / 2);
  for (let i = 0; i < 64; i++) bytes[middle + i] = 0xff - (bytes[middle + i] ?? 0);
  await writeFile(path, bytes);
}

describe("lapse does not start, and says what to do,", () => {
  it("where a block of the database is damaged", { timeout: patient }, async () => {
    await damageBlock();
    const program = start();
    expect(await program.ended).toBe(1);
    expect(program.messages.join("\n")).toMatch(/lapse\.duckdb is damaged: .* Restore the file from a backup/);
    expect(program.messages.join("\n")).not.toMatch(/^ +at /m);
  });

  it("where the database is missing beside its settings", { timeout: patient }, async () => {
    await rm(join(folder, "lapse.duckdb"));
    const program = start();
    expect(await program.ended).toBe(1);
    expect(program.messages.join("\n")).toMatch(/their database .*lapse\.duckdb is missing\. Restore it from a backup/);
    expect(await readdir(folder)).not.toContain("lapse.duckdb");
  });
});

describe("lapse starts, shows its pages, predicts with the version that stands in, and logs it as an error,", () => {
  it.each([
    ["the alias is", join("aliases", "champion", "00000002.json"), "v1", "the alias champion, which cannot be read"],
    ["the manifest of the version in service is", join("v2", "model.json"), "v1", "version v2, which cannot be read"],
  ])("where %s damaged", { timeout: patient }, async (_, file, version, what) => {
    const path = join(folder, "models", "churn", file);
    await readFile(path);
    await writeFile(path, "{");
    const program = start();
    const url = await program.says(/^Ready on (\S+)/);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const page = await fetch(url);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining(`stands in for ${what}`)]);
    expect(await predict(url)).toMatchObject({ predictions: [{ model_version: version }] });
    const errors = program.lines.filter((line) => line.includes('"log.level":"error"'));
    expect(errors.join("\n")).toContain(`Version ${version} stands in for ${what}.`);
    expect(await program.end()).toBe(0);
  });

  it("where no version can, with the one that is promoted while it learns", { timeout: patient }, async () => {
    const stores = await setUpStores({ dataDir: folder }, Date.now);
    const users = Array.from({ length: 20_000 }, (_, i) => `user-${i}`);
    const today = Math.floor(Date.now() / 86_400_000);
    // Enough that learning takes seconds.
    for (let ago = 1; ago <= 160; ago += 20)
      await stores.actions.append(
        users.map((userId) => ({
          userId,
          action: "login",
          time: (today - ago) * 86_400_000,
          eventId: `${userId} ${ago}`,
        })),
      );
    const { revision } = (await stores.models.alias("champion")) ?? {};
    await stores.close();
    for (const version of ["v1", "v2"]) await writeFile(join(folder, "models", "churn", version, "model.onnx"), "");
    const models = await DirectoryModelStore.open(join(folder, "models"), { now: Date.now });
    await models.publish({ ...exampleModel({ version: "v3" }), report: "<html></html>" });
    const program = start({ POLL_MS: "100" });
    const url = await program.says(/^Listening on (\S+), while it learns/);
    expect(await predict(url)).toEqual({ error: "No model is in service yet." });
    await models.moveAlias("champion", "v3", revision, exampleNote);
    await expect
      .poll(() => predict(url), { timeout: 10_000 })
      .toMatchObject({ predictions: [{ model_version: "v3" }] });
    expect(program.lines.join("\n")).not.toMatch(/^Ready on/m);
  });
});
