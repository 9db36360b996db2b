import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { keyFile, readKeyFile } from "#runtime/access/key-file.ts";
import { Keyring } from "#runtime/access/keyring.ts";
import { RunningProgram } from "#test/support/running-program.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-keys-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function create(name: string): Promise<string> {
  const program = RunningProgram.ofLapse(["keys", "create", "--name", name, "--role", "send"], { DATA_DIR: folder });
  expect({ status: await program.ended, messages: program.messages }).toMatchObject({ status: 0 });
  return program.lines.join("");
}

it("loses no key of commands that run at the same time, nor shows half a file to a lapse that serves", async () => {
  const path = join(folder, "keys.json");
  const faults: unknown[] = [];
  // Not before a second it looks again: time goes on with each look.
  let now = Date.now();
  const logger = { info: () => undefined, error: (fault: unknown) => void faults.push(fault) };
  const keyring = await Keyring.open({ path, logger, now: () => (now += 1_001) });
  let isOver = false;
  const reading = (async () => {
    while (!isOver) {
      const text = await readFile(path, "utf8").catch(() => "");
      if (text !== "") keyFile.parse(JSON.parse(text));
      await keyring.isThere();
    }
  })();
  const texts: string[] = [];
  for (let round = 0; round < 5; round++) {
    const names = [0, 1, 2, 3].map((i) => `key ${4 * round + i}`);
    texts.push(...(await Promise.all(names.map(create))));
  }
  isOver = true;
  await reading;
  expect(faults).toEqual([]);
  expect(await readKeyFile(path)).toHaveLength(20);
  for (const text of texts) expect(await keyring.verify(text)).toMatchObject({ caller: { roles: ["send"] } });
});
