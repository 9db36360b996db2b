import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exampleModel } from "#test/support/example-model.ts";
import { exampleNote } from "#test/support/example-note.ts";
import { type Stores, setUpStores } from "../open-stores.ts";
import { StoreConnections } from "../store-connections.ts";
import { beginStaging, commitStaging, finishStaging } from "./staged-folder.ts";

const time = Date.UTC(2026, 0, 1);
let folder: string;
let data: string;
let backup: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-backup-"));
  data = join(folder, "data");
  backup = join(folder, "backup");
});

afterEach(() => rm(folder, { recursive: true }));

async function withStores<T>(dataDir: string, work: (stores: Stores) => Promise<T>): Promise<T> {
  const stores = await setUpStores({ dataDir }, () => time);
  try {
    return await work(stores);
  } finally {
    await stores.close();
  }
}

async function fill(stores: Stores, user = "ann"): Promise<void> {
  await stores.actions.append([{ userId: user, action: "login", time }]);
  await stores.actions.rollUp();
  await stores.ledger.append([
    { userId: user, snapshot: 20_454, modelVersion: "v1", role: "champion", state: "here", probability: 0.5 },
  ]);
  await stores.contacts.append([{ userId: user, time }]);
  await stores.deadLetters.record({ event: { id: "a", source: "app", type: "t", data: { user } }, recordedAt: time });
  await stores.models.publish({ ...exampleModel({ version: "v1" }), report: "<html>" });
  await stores.models.moveAlias("champion", "v1", undefined, exampleNote);
  await stores.audit.append({ id: "1", at: time, action: "key.created", who: "me", from: "here" });
  await writeFile(join(data, "settings.json"), "{}");
}

/** What the stores of a folder hold. */
function held(dataDir: string) {
  return withStores(dataDir, async (stores) => ({
    actions: (await stores.actions.extent())?.users,
    histories: [...(await stores.actions.historiesOf(["ann", "ben"])).keys()],
    ledger: (await stores.ledger.entriesOf("ann")).length,
    letters: (await stores.deadLetters.list()).map(({ event }) => event.data),
    versions: await stores.models.versions(),
    champion: (await stores.models.alias("champion"))?.version,
    history: await stores.models.history(),
    audit: await auditOf(stores),
  }));
}

async function auditOf(stores: Stores): Promise<string[]> {
  const actions: string[] = [];
  for await (const { action } of stores.audit.entries()) actions.push(action);
  return actions;
}

const take = (stores: Stores, to = backup) => stores.backUp(to, { lapse: "0.0.0" });

async function restore(from: string, dataDir: string, replace = false): Promise<void> {
  const stores = new StoreConnections({ dataDir }, () => time);
  try {
    await stores.restore(from, { replace, kept: ["aside"] });
  } finally {
    await stores.close();
  }
}

describe("a backup of the embedded stores", () => {
  it("brings back everything, in a folder of another name", async () => {
    const { contents, keys } = await withStores(data, async (stores) => {
      await fill(stores);
      await writeFile(join(data, "keys.json"), '{"keys":[]}');
      return take(stores);
    });
    expect(contents).toMatchObject({ actions: 1, ledger: 1, contacts: 1, versions: 1, "dead letters": 1 });
    expect(keys).toBe(true);
    await restore(backup, join(folder, "other"));
    expect(await held(join(folder, "other"))).toEqual(await held(data));
    expect(await readFile(join(folder, "other", "keys.json"), "utf8")).toBe('{"keys":[]}');
    expect(await readdir(join(folder, "other"))).not.toContain("restoring");
  });

  it("holds every action that was acknowledged before it, while more are stored and users are erased", async () => {
    await withStores(data, async (stores) => {
      let isOver = false;
      const append = async (prefix: string) => {
        for (let i = 0; !isOver; i++)
          await stores.actions.append([{ userId: `${prefix}-${i}`, action: "login", time }]);
      };
      await stores.actions.append(
        Array.from({ length: 5_000 }, (_, i) => ({ userId: `old-${i}`, action: "login", time })),
      );
      const load = Promise.all([append("a"), append("b"), stores.actions.erase(["old-0"])]);
      const { contents } = await take(stores);
      isOver = true;
      await load;
      expect(contents.actions).toBeGreaterThanOrEqual(4_999);
    });
    await restore(backup, join(folder, "other"));
    const restored = await withStores(join(folder, "other"), async (stores) => {
      await stores.actions.rollUp();
      return stores.actions.historiesOf(Array.from({ length: 4_999 }, (_, i) => `old-${i + 1}`));
    });
    expect(restored.size).toBe(4_999);
  });

  it("has not a byte of a user who was erased before it", async () => {
    await withStores(data, async (stores) => {
      await stores.actions.append(
        ["somebody-unmistakable", "ann"].map((userId) => ({ userId, action: "login", time })),
      );
      await stores.actions.rollUp();
      await stores.actions.erase(["somebody-unmistakable"]);
      await take(stores);
    });
    const bytes = await readFile(join(backup, "lapse.duckdb"));
    expect(bytes.includes("ann")).toBe(true);
    expect(bytes.includes("somebody-unmistakable")).toBe(false);
  });

  it("is not begun where there is something, and leaves nothing behind when it fails", async () => {
    await withStores(data, async (stores) => {
      await fill(stores);
      await mkdir(backup);
      await writeFile(join(backup, "other"), "");
      await expect(take(stores)).rejects.toThrow(/is not empty/);
      await rm(backup, { recursive: true });
      // A folder where a file should be cannot be read.
      await mkdir(join(data, "keys.json"));
      await expect(take(stores)).rejects.toThrow();
    });
    expect(await readdir(folder)).toEqual(["data"]);
  });
});

it("leaves nothing of a backup that was ended meanwhile", async () => {
  await withStores(data, async (stores) => {
    await fill(stores);
    const gone = new AbortController();
    const taking = stores.backUp(backup, { lapse: "0.0.0", signal: gone.signal });
    gone.abort();
    await expect(taking).rejects.toThrow(/Could not write the backup/);
  });
  expect(await readdir(folder)).toEqual(["data"]);
});

describe("a restore", () => {
  beforeEach(() =>
    withStores(data, async (stores) => {
      await fill(stores);
      await take(stores);
    }),
  );

  it("takes the place of what is there only if it is told to, and of nothing that is kept", async () => {
    const there = join(folder, "there");
    await withStores(there, (stores) => stores.actions.append([{ userId: "ben", action: "login", time }]));
    await mkdir(join(there, "aside"));
    await expect(restore(backup, there)).rejects.toThrow(/is not empty.*--replace/);
    await restore(backup, there, true);
    expect(await held(there)).toEqual(await held(data));
    expect((await readdir(there)).sort()).toEqual([...(await readdir(data)), "aside"].sort());
  });

  it("says so where there is no backup", async () => {
    await expect(restore(join(folder, "none"), data, true)).rejects.toThrow(/There is no backup/);
  });

  it.each(["lapse.duckdb", "models/churn/v1/model.onnx", "audit.ndjson"])(
    "changes nothing when %s of the backup is altered, cut short or missing",
    async (name) => {
      const before = await held(data);
      const content = await readFile(join(backup, name));
      const altered = Buffer.from(content);
      altered[Math.floor(altered.length / 2)] = (altered[Math.floor(altered.length / 2)] ?? 0) ^ 1;
      for (const wrong of [altered, content.subarray(0, -1)]) {
        await writeFile(join(backup, name), wrong);
        await expect(restore(backup, data, true)).rejects.toThrow(`${name} does not agree with its checksum`);
      }
      await rm(join(backup, name));
      await expect(restore(backup, data, true)).rejects.toThrow(`${name} cannot be read`);
      expect(await held(data)).toEqual(before);
    },
  );

  it("refuses what a later lapse has made, and names that would lead out of the folder", async () => {
    const path = join(backup, "backup.json");
    const manifest = JSON.parse(await readFile(path, "utf8"));
    await writeFile(path, JSON.stringify({ ...manifest, format: 3 }));
    await expect(restore(backup, join(folder, "other"))).rejects.toThrow(/made by a later lapse/);
    for (const name of ["../evil", "/etc/evil", "a/../../b", "a\\b"]) {
      await writeFile(path, JSON.stringify({ ...manifest, files: [{ ...manifest.files[0], name }] }));
      await expect(restore(backup, join(folder, "other"))).rejects.toThrow(/is damaged/);
    }
  });

  it("refuses a backup of other stores", async () => {
    const path = join(backup, "backup.json");
    const manifest = JSON.parse(await readFile(path, "utf8"));
    await writeFile(path, JSON.stringify({ ...manifest, data: "elasticsearch" }));
    await expect(restore(backup, join(folder, "other"))).rejects.toThrow(/set ELASTICSEARCH_URL/);
  });

  it("takes a database of an earlier schema, which is brought up to date when it is opened", async () => {
    const instance = await DuckDBInstance.create(join(data, "lapse.duckdb"));
    const connection = await instance.connect();
    await connection.run("ALTER TABLE actions DROP COLUMN passive; DROP TABLE opt_outs; DROP TABLE contacts");
    connection.closeSync();
    instance.closeSync();
    const stores = new StoreConnections({ dataDir: data }, () => time);
    await stores.backUp(join(folder, "early"), { lapse: "0.0.0" });
    await stores.close();
    await restore(join(folder, "early"), join(folder, "other"));
    expect(await held(join(folder, "other"))).toMatchObject({ actions: 1, histories: ["ann"], ledger: 1 });
  });
});

describe("a restore that is killed", () => {
  const entries = async (dataDir: string) => {
    const names = (await readdir(dataDir)).sort();
    return Promise.all(names.map(async (name) => `${name}: ${await readFile(join(dataDir, name), "utf8")}`));
  };

  async function prepare(): Promise<void> {
    await mkdir(data);
    for (const name of ["a", "b"]) await writeFile(join(data, name), "old");
    const staging = await beginStaging(data);
    for (const name of ["b", "c", "d"]) await writeFile(join(staging, name), "new");
  }

  it("has changed nothing before it was complete", async () => {
    await prepare();
    await finishStaging(data);
    await beginStaging(data);
    await rm(join(data, "restoring"), { recursive: true });
    expect(await entries(data)).toEqual(["a: old", "b: old"]);
  });

  it("is finished by the next start, wherever it stopped", async () => {
    const staging = join(data, "restoring");
    // Each does what the one before did, and one step more.
    const steps = [
      () => writeFile(join(staging, "ready"), "[]"),
      () => mkdir(join(staging, "old")),
      () => rename(join(data, "a"), join(staging, "old", "a")),
      () => rename(join(data, "b"), join(staging, "old", "b")),
      () => writeFile(join(staging, "moved"), ""),
      () => rename(join(staging, "new", "b"), join(data, "b")),
      () => rename(join(staging, "new", "c"), join(data, "c")),
      () => rename(join(staging, "new", "d"), join(data, "d")),
      () => rm(join(staging, "old"), { recursive: true }),
      () => rm(join(staging, "ready")),
    ];
    for (let count = 1; count <= steps.length; count++) {
      await prepare();
      for (const step of steps.slice(0, count)) await step();
      const copy = join(folder, "opened");
      await cp(data, copy, { recursive: true });
      const opened = setUpStores({ dataDir: copy }, () => time);
      if (count < steps.length) await expect(opened).rejects.toThrow(/was cut short/);
      else await (await opened).close();
      await finishStaging(data);
      await rm(staging, { recursive: true, force: true });
      expect(await entries(data)).toEqual(["b: new", "c: new", "d: new"]);
      await rm(data, { recursive: true });
      await rm(copy, { recursive: true });
    }
  });

  it("changes nothing more where it cannot be told how far it came", async () => {
    await prepare();
    const staging = join(data, "restoring");
    await writeFile(join(staging, "ready"), "[]");
    await mkdir(join(staging, "old"));
    for (const name of ["a", "b"]) await rename(join(data, name), join(staging, "old", name));
    // A mark of which the file system says something else than that it is there or not.
    await symlink("moved", join(staging, "moved"));
    for (const name of ["b", "c"]) await rename(join(staging, "new", name), join(data, name));
    await expect(finishStaging(data)).rejects.toThrow("ELOOP");
    expect((await readdir(data)).sort()).toEqual(["b", "c", "restoring"]);
    expect(await readFile(join(staging, "old", "b"), "utf8")).toBe("old");
  });

  it("keeps what is kept", async () => {
    await prepare();
    await commitStaging(data, ["a"]);
    expect(await entries(data)).toEqual(["a: old", "b: new", "c: new", "d: new"]);
  });
});
