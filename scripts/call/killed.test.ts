import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { finishStaging, isStagingUnfinished } from "#stores/backup/staged-folder.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { leaveDataFolder } from "#test/support/former-start.ts";
import { listedUser } from "#test/support/listed-user.ts";
import { RunningProgram } from "#test/support/running-program.ts";
import { eraseForGood } from "../erase/erase-for-good.ts";

// Each command is killed at moments after it has begun to change something, and what it leaves is looked at.

const users = Array.from({ length: 4_000 }, (_, i) => `user-${i}`);
const gone = users.slice(0, 2_000);
const time = Date.UTC(2026, 2, 5);
const day = time / 86_400_000;
const entry = { modelVersion: "v1", role: "champion", state: "here", probability: 0.5 } as const;

let template: string;
let folder: string;
let data: string;
const started: RunningProgram[] = [];

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), "lapse-killed-"));
  await leaveDataFolder(template, ["v1"]);
  await within(template, async ({ actions, users: list, ledger, contacts }) => {
    for (const month of [0, 1, 2])
      await actions.append(
        users.flatMap((userId) =>
          Array.from({ length: 8 }, (_, i) => ({ userId, action: "login", time: Date.UTC(2026, month, 1 + i) })),
        ),
      );
    await actions.rollUp();
    await list.put(
      users.map((userId) => listedUser(userId)),
      1,
    );
    for (const snapshot of [day - 60, day - 30, day])
      await ledger.append(users.map((userId) => ({ ...entry, userId, snapshot })));
    await contacts.append(users.map((userId) => ({ userId, time })));
  });
});

afterAll(() => rm(template, { recursive: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-killed-"));
  data = join(folder, "data");
  await cp(template, data, { recursive: true });
});

afterEach(async () => {
  for (const program of started.splice(0)) await program.end("SIGKILL");
  await rm(folder, { recursive: true });
});

async function within<Result>(dataDir: string, work: (stores: Stores) => Promise<Result>): Promise<Result> {
  const stores = await setUpStores({ dataDir }, () => time);
  try {
    await stores.verify();
    return await work(stores);
  } finally {
    await stores.close();
  }
}

function lapse(...args: string[]): RunningProgram {
  const program = RunningProgram.ofLapse(args, {
    DATA_DIR: data,
    PORT: "0",
  });
  started.push(program);
  return program;
}

/** Kills a command a while after `begun` holds, or lets it end before. Returns whether it was killed. */
async function killed(program: RunningProgram, begun: () => Promise<boolean>, milliseconds: number): Promise<boolean> {
  const over = program.ended.then(() => "over" as const);
  while (!(await begun())) if ((await Promise.race([over, sleep(1)])) === "over") break;
  await Promise.race([over, sleep(milliseconds)]);
  return (await program.end("SIGKILL")) === null;
}

async function isInAudit(action: string): Promise<boolean> {
  return (await readFile(join(data, "audit.ndjson"), "utf8").catch(() => "")).includes(`"${action}"`);
}

/** Of how many users the stores hold something. */
async function held({ actions, users: list, ledger, contacts }: Stores, ids: readonly string[]) {
  return {
    histories: (await actions.historiesOf(ids)).size,
    listed: (await list.get(ids)).size,
    ledger: (await ledger.lastShown(ids, 1)).size,
    contacts: (await contacts.statesOf(ids, 0)).size,
  };
}

const allOf = (count: number) => ({ histories: count, listed: count, ledger: count, contacts: count });
const moments = [0, 10, 40, 160];

describe("a command that is killed", () => {
  it.each(moments)(
    "during an erasure, after %i ms, leaves each store with all or nothing of it, which is told",
    async (after) => {
      await writeFile(join(folder, "gone.txt"), gone.join("\n"));
      const command = lapse("erase", "--users", join(folder, "gone.txt"));
      const wasKilled = await killed(command, () => isInAudit("users.erased.begun"), after);
      await within(data, async (stores) => {
        for (const count of Object.values(await held(stores, gone))) expect([0, gone.length]).toContain(count);
        expect(await held(stores, users.slice(gone.length))).toEqual(allOf(users.length - gone.length));
      });
      const isOver = await isInAudit("users.erased");
      expect(wasKilled || isOver).toBe(true);
      const server = lapse("start");
      await server.says(/(Ready on)/);
      const isTold = server.messages
        .concat(server.lines)
        .some((line) => /The erasure of 2,000 users .* was cut short/.test(line));
      expect(isTold).toBe(!isOver);
      await server.end();
      await within(data, async (stores) => {
        expect((await eraseForGood(gone, stores, undefined)).left).toBeUndefined();
        expect(await held(stores, gone)).toEqual(allOf(0));
      });
    },
  );

  it.each(moments)(
    "during the deletion of old months, after %i ms, leaves each store with all or nothing of it",
    async (after) => {
      const command = lapse("retain", "--since", "2026-02");
      await killed(command, () => isInAudit("months.erased.begun"), after);
      await within(data, async ({ actions, ledger }) => {
        const { days = [] } = (await actions.historiesOf(["user-7"])).get("user-7") ?? {};
        expect([16, 24]).toContain(days.length);
        expect([4_000 * 16, 4_000 * 24]).toContain((await actions.extent())?.actions);
        const batches = await ledger.batches();
        expect([2, 3]).toContain(batches.length);
        for (const { entries } of batches) expect(entries.champion).toBe(users.length);
      });
      const again = lapse("retain", "--since", "2026-02");
      expect(await again.ended).toBe(0);
      await within(data, async ({ actions, ledger }) => {
        expect((await actions.extent())?.actions).toBe(4_000 * 16);
        expect(await ledger.batches()).toHaveLength(2);
      });
    },
  );

  it.each(moments)("during a backup, after %i ms, leaves a whole one or none that a restore takes", async (after) => {
    const backups = join(folder, "backups");
    const namesIn = () => readdir(backups).catch((): string[] => []);
    await killed(lapse("backup", join(backups, "monday")), async () => (await namesIn()).length > 0, after);
    const target = join(folder, "restored");
    for (const name of await namesIn()) {
      data = target;
      const taken = lapse("restore", join(backups, name));
      const status = await taken.ended;
      if (name === "monday") {
        expect(status).toBe(0);
        await within(target, async (stores) => expect(await held(stores, users)).toEqual(allOf(users.length)));
      } else {
        expect(status).toBe(1);
        expect(taken.messages.join("\n")).toMatch(/backup/);
        expect(await readdir(target).catch(() => [])).not.toContain("lapse.duckdb");
      }
    }
    await within(join(folder, "data"), async (stores) =>
      expect(await held(stores, users)).toEqual(allOf(users.length)),
    );
  });

  it.each([0, 50, 150, 300, 450])(
    "during a restore, after %i ms, leaves what was there or what is restored",
    async (after) => {
      const backup = join(folder, "monday");
      await within(data, (stores) => stores.backUp(backup, { lapse: "1" }));
      await within(data, ({ actions }) =>
        actions.append([{ userId: "later", action: "login", time }]).then(() => actions.rollUp()),
      );
      const command = lapse("restore", backup, "--replace");
      await killed(command, async () => (await readdir(data)).includes("restoring"), after);
      if (await isStagingUnfinished(data)) {
        await expect(within(data, async () => undefined)).rejects.toThrow(/cut short/);
        await finishStaging(data);
        await within(data, async ({ actions }) => expect((await actions.historiesOf(["later"])).size).toBe(0));
      }
      await within(data, async (stores) => {
        expect(await held(stores, users)).toEqual(allOf(users.length));
        const [version] = await stores.models.versions();
        expect(version).toBe("v1");
      });
      expect(await lapse("restore", backup, "--replace").ended).toBe(0);
      await within(data, async ({ actions }) => expect((await actions.historiesOf(["later"])).size).toBe(0));
      expect(await readdir(data)).not.toContain("restoring");
    },
  );
});
