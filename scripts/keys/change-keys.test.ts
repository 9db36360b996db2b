import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readKeyFile } from "#runtime/access/key-file.ts";
import { changeKeys, KeysLocked } from "./change-keys.ts";
import { makeKey } from "./key-changes.ts";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-keys-"));
  path = join(folder, "new", "keys.json");
});

afterEach(() => rm(folder, { recursive: true }));

function add(name: string): Promise<string> {
  return changeKeys(path, (keys) => {
    const made = makeKey({ name, roles: ["send"], expires: undefined }, keys, { random: randomBytes, now: 0 });
    return { keys: [...keys, made.record], made: made.text };
  });
}

describe("the file of keys", () => {
  it("is made when the first key is, for its owner alone, and holds no key", async () => {
    const text = await add("shop");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, "utf8")).not.toContain(text.slice(15));
    expect(await readKeyFile(path)).toMatchObject([{ name: "shop" }]);
    await chmod(path, 0o644);
    await add("desk");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, "new"))).toEqual(["keys.json"]);
  });

  it("is changed by one command at a time, and others wait", async () => {
    await add("first");
    const names = Array.from({ length: 40 }, (_, i) => `key ${i}`);
    await Promise.all(names.map(add));
    expect((await readKeyFile(path))?.map(({ name }) => name).sort()).toEqual(["first", ...names].sort());
  });

  it("is not changed beside a lock that stays, which is told", async () => {
    await add("first");
    await writeFile(`${path}.lock`, "");
    await expect(add("second")).rejects.toThrow(KeysLocked);
    expect(await readKeyFile(path)).toHaveLength(1);
    expect(await readdir(join(folder, "new"))).toEqual(["keys.json", "keys.json.lock"]);
  });

  it("is changed at once beside the lock of a command that was killed, and not beside that of one that runs", async () => {
    await add("first");
    const killed = spawn(process.execPath, ["-e", ""]);
    await once(killed, "exit");
    await writeFile(`${path}.lock`, `${killed.pid} ${hostname()}`);
    const began = performance.now();
    await add("second");
    expect(performance.now() - began).toBeLessThan(4_000);
    expect(await readdir(join(folder, "new"))).toEqual(["keys.json"]);
    await writeFile(`${path}.lock`, `${process.ppid} ${hostname()}`);
    await expect(add("third")).rejects.toThrow(KeysLocked);
    expect(await readFile(`${path}.lock`, "utf8")).toBe(`${process.ppid} ${hostname()}`);
  });

  it("stays as it is when a change fails or it is damaged, and can be changed after that", async () => {
    await add("shop");
    const refuse = () => {
      throw new Error("no");
    };
    await expect(changeKeys(path, refuse)).rejects.toThrow("no");
    expect(await readKeyFile(path)).toHaveLength(1);
    await writeFile(path, "{");
    await expect(add("desk")).rejects.toThrow("damaged");
    expect(await readFile(path, "utf8")).toBe("{");
  });
});
