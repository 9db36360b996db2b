import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { partsOnly } from "./plugins.ts";

let root: string;
let transport: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "lapse-plugins-")));
  transport = join(root, "node_modules", "@elastic", "transport");
  await mkdir(transport, { recursive: true });
  await symlink(resolve("node_modules", "undici"), join(root, "node_modules", "undici"));
});

afterEach(() => rm(root, { recursive: true }));

/** Builds a module that takes the place of one of the client's. Returns what is wrong with it. */
async function errorsOf(source: string): Promise<readonly string[]> {
  const path = join(transport, "connection.js");
  await writeFile(path, source);
  const building = build({
    entryPoints: [path],
    ...{ bundle: true, platform: "node", write: false, logLevel: "silent", plugins: [partsOnly] },
  });
  return building.then(
    () => [],
    ({ errors }: { errors: readonly { text: string }[] }) => errors.map(({ text }) => text),
  );
}

describe("parts only", () => {
  it("are taken of a package where its uses are known", async () => {
    expect(await errorsOf('const undici_1 = require("undici"); exports.made = new undici_1.Pool("http://x");')).toEqual(
      [],
    );
  });

  it("are taken of a package whose parts are imported by name", async () => {
    expect(await errorsOf('import { Pool, buildConnector as made } from "undici"; console.log(Pool, made);')).toEqual(
      [],
    );
    const errors = await errorsOf('import { Pool, Client } from "undici"; console.log(Pool, Client);');
    expect(errors).toEqual([expect.stringMatching(/uses Client of undici/)]);
  });

  it.each([
    ["another part is used", "const undici_1 = require('undici'); undici_1.Client;", /uses Client of undici/],
    [
      "the whole has another name",
      "const undici = require('undici'); undici.Pool;",
      /no use of it as undici_1 is seen/,
    ],
    [
      "its parts are taken out at once",
      "const { Pool } = require('undici'); Pool;",
      /no use of it as undici_1 is seen/,
    ],
  ])("are refused where %s", async (_, source, message) => {
    expect(await errorsOf(source)).toEqual([expect.stringMatching(message)]);
  });
});
