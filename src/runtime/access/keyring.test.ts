import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KeyRecord } from "./key-file.ts";
import { newKeyText, readKeyText } from "./key-text.ts";
import { Keyring } from "./keyring.ts";

let folder: string;
let path: string;
let time: number;
const logger = pino({ level: "silent" });
const text = newKeyText(randomBytes);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-keys-"));
  path = join(folder, "keys.json");
  time = Date.UTC(2026, 0, 1);
});

afterEach(() => rm(folder, { recursive: true }));

function record(fields: Partial<KeyRecord> = {}): KeyRecord {
  const { id = "", hash = "" } = readKeyText(text) ?? {};
  return { id, hash, name: "shop", roles: ["send"], created: "2025-12-01T00:00:00.000Z", ...fields };
}

function write(keys: readonly KeyRecord[], to = path): Promise<void> {
  return writeFile(to, JSON.stringify({ keys }));
}

function open(): Promise<Keyring> {
  return Keyring.open({ path, logger, now: () => time });
}

/** The next request comes later. */
function later(milliseconds = 1_500): void {
  time += milliseconds;
}

describe("a keyring", () => {
  it("knows whose a key is, and what it may do", async () => {
    await write([record()]);
    expect(await (await open()).verify(text)).toEqual({
      caller: { name: "shop", id: record().id, by: "key", roles: ["send"] },
    });
  });

  it("does not know another key, not even one with the same id", async () => {
    await write([record()]);
    const keyring = await open();
    expect(await keyring.verify(newKeyText(randomBytes))).toEqual({ fault: "The key is not known." });
    await write([record({ hash: "0".repeat(64) })]);
    later();
    expect(await keyring.verify(text)).toEqual({ fault: "The key is not known." });
  });

  it("tells at once if it has looked at its file lately", async () => {
    await write([record()]);
    const keyring = await open();
    await keyring.isThere();
    expect(keyring.isThere()).toBe(true);
    expect(keyring.verify(text)).toMatchObject({ caller: { name: "shop" } });
    later();
    expect(keyring.verify(text)).toBeInstanceOf(Promise);
  });

  it("tells a mistyped key", async () => {
    await write([record()]);
    expect(await (await open()).verify(`${text.slice(0, -1)}!`)).toEqual({
      fault: expect.stringContaining("mistyped"),
    });
  });

  it("refuses keys that were revoked or have expired, from that moment on", async () => {
    await write([record({ expires: new Date(time + 10_000).toISOString() })]);
    const keyring = await open();
    later(9_999);
    expect(await keyring.verify(text)).toHaveProperty("caller");
    later(1);
    expect(await keyring.verify(text)).toEqual({ fault: "The key has expired." });
    await write([record({ revoked: new Date(time).toISOString() })]);
    later();
    expect(await keyring.verify(text)).toEqual({ fault: "The key was revoked." });
    expect(await keyring.verifyId(record().id)).toEqual({ fault: "The key was revoked." });
  });

  it("follows its file, which may come, change and go", async () => {
    const keyring = await open();
    expect(await keyring.isThere()).toBe(false);
    expect(await keyring.verify(text)).toHaveProperty("fault");
    await write([record()]);
    later();
    expect(await keyring.isThere()).toBe(true);
    expect(await keyring.verify(text)).toHaveProperty("caller");
    await write([record({ roles: ["read", "operate"] })]);
    later();
    expect(await keyring.verify(text)).toMatchObject({ caller: { roles: ["read", "operate"] } });
    await rm(path);
    later();
    expect(await keyring.isThere()).toBe(false);
  });

  it("follows a mounted Secret, whose folder is replaced as a whole", async () => {
    for (const version of ["1", "2"]) await mkdir(join(folder, version));
    await write([], join(folder, "1", "keys.json"));
    await write([record()], join(folder, "2", "keys.json"));
    await symlink("1", join(folder, "..data"));
    await symlink(join("..data", "keys.json"), path);
    const keyring = await open();
    expect(await keyring.verify(text)).toHaveProperty("fault");
    await symlink("2", join(folder, "..new"));
    await rename(join(folder, "..new"), join(folder, "..data"));
    later();
    expect(await keyring.verify(text)).toHaveProperty("caller");
  });

  it("does not open with a damaged file, and keeps what it knows when the file is damaged later", async () => {
    await writeFile(path, "{");
    await expect(open()).rejects.toMatchObject({ kind: "invalid", message: expect.stringContaining(path) });
    await write([record()]);
    const keyring = await open();
    await writeFile(path, '{"keys":[{"id":"x"}]}');
    later();
    expect(await keyring.verify(text)).toHaveProperty("caller");
    await write([record({ revoked: new Date(time).toISOString() })]);
    later();
    expect(await keyring.verify(text)).toHaveProperty("fault");
  });

  it("looks at its file once for many requests", async () => {
    await write([record()]);
    const keyring = await open();
    await keyring.verify(text);
    await rm(path);
    for (let i = 0; i < 100; i++) expect(await keyring.verify(text)).toHaveProperty("caller");
  });
});
