import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Inputs } from "../call/inputs.ts";
import { ownCall } from "../call/own-call.ts";
import { commands } from "../commands.ts";
import { runCommand } from "./program.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-program-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs a command on a data folder of its own. Returns its exit status, and the lines that it wrote. */
async function run(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const call = {
    ...ownCall(process, new Inputs(new PassThrough().end()), Date.now),
    environment: { DATA_DIR: folder },
    print: (line: string) => void out.push(line),
    warn: (line: string) => void err.push(...line.split("\n")),
  };
  return { status: await runCommand(args, call, commands), out, err };
}

it("leads to the help of the very command that was called in a wrong way", async () => {
  for (const [args, page] of [
    [["campaigns", "create"], "campaigns create"],
    [["campaigns", "create", "--name", "Spring", "--top", "none"], "campaigns create"],
    [["campaigns", "result"], "campaigns show"],
    [["campaigns", "creat"], "campaigns"],
    [["audience", "--top", "none"], "audience"],
  ] as const) {
    const { status, err } = await run(...args);
    expect([args, status, err.at(-1)]).toEqual([args, 2, `See lapse ${page} --help.`]);
  }
});

it("tells what cannot be read of a file, whichever command names it", async () => {
  const absent = join(folder, "absent.csv");
  for (const args of [
    ["campaigns", "contacts", absent],
    ["campaigns", "import", absent],
    ["erase", "--users", absent],
  ])
    expect((await run(...args)).err).toEqual([`Cannot read ${absent}: there is no such file.`]);
});

it("does not let a slip in an id pass for an erasure", async () => {
  const { status, out } = await run("erase", "--user", "Ann");
  expect([status, out]).toEqual([0, ["Nothing was stored about user Ann. Ids must be written as in the log."]]);
});
