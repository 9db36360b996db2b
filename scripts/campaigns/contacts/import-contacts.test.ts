import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { csvLine } from "#runtime/csv.ts";
import { DuckDbCampaignStore } from "#stores/campaigns/duckdb/campaign-store.ts";
import { openDuckDb } from "#stores/connections/duckdb/database.ts";
import { DuckDbContactStore } from "#stores/contacts/duckdb/contact-store.ts";
import { exampleCampaign } from "#test/support/example-campaign.ts";
import { importContacts } from "./import-contacts.ts";

const times = { now: Date.UTC(2026, 2, 5), oldest: Date.UTC(2016, 2, 5) };
const { now } = times;
let folder: string;
let contacts: DuckDbContactStore;
let campaigns: DuckDbCampaignStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-contacts-"));
  const database = await openDuckDb(":memory:");
  contacts = await DuckDbContactStore.open(database);
  campaigns = await DuckDbCampaignStore.open(database);
  await campaigns.create(exampleCampaign());
});

afterEach(async () => {
  await contacts.close();
  await campaigns.close();
  await rm(folder, { recursive: true });
});

async function imported(
  text: string | Buffer,
  options: Partial<Parameters<typeof importContacts>[1]> = {},
): Promise<string[]> {
  const file = join(folder, "contacts.csv");
  await writeFile(file, text);
  return importContacts(file, { optOut: false, ...options }, { contacts, campaigns }, times);
}

describe("importContacts", () => {
  it("takes in who was contacted when, how and for which campaign, once", async () => {
    const text =
      "user_id,sent_at,channel,campaign\nann,2026-03-01T10:00:00Z,mail,spring\nben,2026-03-02,push,\n,2026-03-02,push,\n";
    expect(await imported(text)).toEqual([
      "2 contacts are new, 0 were known already.",
      "1 line is left out:\n  1 line: has no user\n    line 4: ,2026-03-02,push,",
    ]);
    expect((await imported(text))[0]).toBe("0 contacts are new, 2 were known already.");
    expect(await contacts.contactsOf("ann")).toEqual([
      { userId: "ann", time: Date.UTC(2026, 2, 1, 10), campaignId: "spring", channel: "mail" },
    ]);
    expect(await contacts.contactsOf("ben")).toEqual([
      { userId: "ben", time: Date.UTC(2026, 2, 2), campaignId: undefined, channel: "push" },
    ]);
  });

  it("takes back the list that was exported, with the ids as they were", async () => {
    const users = ["=cmd|' /C calc'!A0", "-12", "'quoted", 'a "b", c', "ann"];
    const text = [["user_id", "campaign"], ...users.map((user) => [user, "spring"])].map(csvLine).join("");
    expect((await imported(text, { campaign: "spring" }))[0]).toBe("5 contacts are new, 0 were known already.");
    for (const user of users)
      expect(await contacts.contactsOf(user)).toEqual([
        { userId: user, time: now, campaignId: "spring", channel: undefined },
      ]);
  });

  it("leaves out who was contacted too long ago, or in the future", async () => {
    const days = ["1969-12-31", "2016-03-04", "2016-03-05", "2026-03-06", "2026-03-07"];
    const text = `user,sent_at\n${days.map((day) => `${day},${day}T00:00:00Z\n`).join("")}`;
    expect(await imported(text)).toEqual([
      "2 contacts are new, 0 were known already.",
      [
        "3 lines are left out:",
        "  1 line: is before 1970-01-02, as of a clock that was never set",
        "    line 2: 1969-12-31,1969-12-31T00:00:00Z",
        "  1 line: is before 2016-03-05 (OLDEST_ACTION)",
        "    line 3: 2016-03-04,2016-03-04T00:00:00Z",
        "  1 line: is more than a day in the future",
        "    line 6: 2026-03-07,2026-03-07T00:00:00Z",
      ].join("\n"),
    ]);
    for (const at of [Date.UTC(2016, 2, 4), Date.UTC(2026, 2, 7)])
      await expect(imported("user\nann\n", { at })).rejects.toThrow(InvalidInput);
  });

  it("tells of contacts that name a campaign that does not exist, and keeps them", async () => {
    const told = await imported("user_id,campaign\nann,spring\nben,sprnig\ncy,sprnig\ndee,\neve,autumn\n");
    expect(told).toEqual([
      "5 contacts are new, 0 were known already.",
      "3 contacts name campaigns that do not exist, and count for no result: sprnig, autumn.",
    ]);
  });

  it("stores no user whom another encoding than UTF-8 has mangled, and reads the encoding that it is told of", async () => {
    const text = Buffer.from("user,why\nJosé,a\nAné,b\nben,c\n", "latin1");
    expect(await imported(text, { optOut: true })).toEqual([
      "1 user is contacted no more.",
      expect.stringMatching(
        /^2 lines are left out:\n {2}2 lines: is not UTF-8 text: name its encoding with --encoding/,
      ),
    ]);
    expect((await contacts.statesOf(["Jos\ufffd", "ben"], 0)).size).toBe(1);
    const told = await imported(text, { optOut: true, file: { encoding: "latin-1" } });
    expect(told).toEqual(["3 users are contacted no more."]);
    expect((await contacts.statesOf(["José", "Ané"], 0)).size).toBe(2);
  });

  it("reads times as it is told to, and tells of lines without one", async () => {
    const text = "user;sent_at\nann;03.04.2025 10:00\nben;\ncy;soon\n";
    await expect(imported(text)).rejects.toThrow(/--time-format/);
    const file = { timeFormat: "MM.dd.yyyy HH:mm", timezone: "+02:00" };
    expect(await imported(text, { file })).toEqual([
      "2 contacts are new, 0 were known already.",
      "1 line has no time, and counts as of now.",
      "1 line is left out:\n  1 line: the time cannot be read\n    line 4: cy;soon",
    ]);
    expect(await contacts.contactsOf("ann")).toMatchObject([{ time: Date.UTC(2025, 2, 4, 8) }]);
    expect(await contacts.contactsOf("ben")).toMatchObject([{ time: now }]);
  });

  it("takes in who wants no contact", async () => {
    expect(await imported("user,reason\nann,a\nben,b\n", { optOut: true })).toEqual(["2 users are contacted no more."]);
    expect((await contacts.statesOf(["ann", "cy"], 0)).get("ann")?.optedOutAt).toBe(now);
  });
});

describe("a list of one column", () => {
  const optedOut = async (users: readonly string[]) => {
    const states = await contacts.statesOf(users, now);
    return users.filter((user) => states.get(user)?.optedOutAt !== undefined);
  };

  it.each([
    ["with a heading", "user\nann\nbob\ncyd\n"],
    ["with a heading of two words", "User ID\r\nann\r\nbob\r\ncyd\r\n"],
    ["without a heading", "ann\nbob\n\ncyd"],
    ["with a heading below the name of a delimiter", "sep=;\nuser\nann\nbob\ncyd\n"],
    ["in quotes", '"user"\n"ann"\n"bob"\n"cyd"\n'],
  ])("names users who want no contact, %s", async (_, text) => {
    expect((await imported(text, { optOut: true }))[0]).toMatch(/^3 /);
    expect(await optedOut(["user", "User ID", "ann", "bob", "cyd"])).toEqual(["ann", "bob", "cyd"]);
  });

  it("may be a single user, and goes by --header and --no-header", async () => {
    await imported("ann", { optOut: true });
    await imported("client\nbob\n", { optOut: true, file: { header: true } });
    await imported("id\n", { optOut: true, file: { header: false } });
    expect(await optedOut(["ann", "client", "bob", "id"])).toEqual(["ann", "bob", "id"]);
  });

  it("names users who were contacted", async () => {
    expect((await imported("ann\nbob\n"))[0]).toMatch(/^2 /);
  });
});
