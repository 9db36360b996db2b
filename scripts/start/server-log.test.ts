import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ActionStore } from "#stores/actions/action-store.ts";
import { prepareServerLog, serverLogFolder } from "./server-log.ts";
import { others, readSettings, synthetic, writeSettings } from "./settings.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-server-log-"));
});

afterEach(() => rm(folder, { recursive: true }));

/** A log of so many actions, all of one user on one day. */
function logOf(actions: number): Pick<ActionStore, "rollUp" | "extent"> {
  return {
    rollUp: async () => ({ userDays: Math.sign(actions), users: Math.sign(actions) }),
    extent: async () => (actions === 0 ? undefined : { actions, users: 1, firstDay: 20_000, lastDay: 20_000 }),
  };
}

describe("prepareServerLog", () => {
  it("knows nothing of an empty log", async () => {
    expect(await prepareServerLog(folder, ["shop.csv"], false, logOf(0))).toBeUndefined();
  });

  it("takes what others have sent for the log, so that no synthetic one is put among it", async () => {
    expect(await prepareServerLog(folder, [], false, logOf(5))).toEqual({ sources: [others] });
    expect(await readSettings(folder)).toEqual({ sources: [others] });
  });

  it("refuses to mix logs, but for real ones where that is asked for", async () => {
    await writeSettings(folder, { sources: [others] });
    await expect(prepareServerLog(folder, ["shop.csv"], false, logOf(5))).rejects.toThrow(
      /ELASTICSEARCH_PREFIX.*--add/,
    );
    expect(await prepareServerLog(folder, ["shop.csv"], true, logOf(5))).toEqual({ sources: [others] });
    await writeSettings(folder, { sources: [synthetic] });
    await expect(prepareServerLog(folder, ["shop.csv"], true, logOf(5))).rejects.toThrow(/ELASTICSEARCH_PREFIX\.$/);
  });
});

describe("serverLogFolder", () => {
  it("keeps servers and prefixes apart, and no credentials", async () => {
    const of = (url: string, prefix: string) => serverLogFolder(folder, { url, prefix });
    const one = await of("http://user:s3cret@localhost:9200", "lapse");
    expect(one).not.toContain("s3cret");
    expect(
      new Set([one, await of("http://localhost:9201", "lapse"), await of("http://localhost:9200", "x")]).size,
    ).toBe(3);
  });
});
