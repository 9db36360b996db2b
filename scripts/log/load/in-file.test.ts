import { describe, expect, it } from "vitest";
import { readContent, readContents, refusalOf } from "#test/support/read-content.ts";

const time = (n: number) => new Date(Date.parse("2025-01-01") + n * 60_000).toISOString();
const values = (items: readonly { value?: number | undefined }[]) => items.map(({ value }) => value);

describe("the columns of several files", () => {
  it("are those of all of them: what a file lacks is empty there, and told", async () => {
    const without = "user_id,time,action\nann,2025-01-01,a\n";
    const having = "amount,user_id,time,action,passive\n5,bob,2025-01-02,b,true\n";
    const { items, notes } = await readContents([without, having]);
    expect(items).toMatchObject([{ user_id: "ann" }, { user_id: "bob", value: 5, passive: true }]);
    expect(notes).toContain("amount is no column of ");
    expect(values((await readContents([having, without])).items)).toEqual([5, undefined]);
    const typed = ['{"user_id":"ann","time":"2025-01-01"}\n', '{"user_id":"bob","time":"2025-01-02","value":3}\n'];
    expect(values((await readContents(typed)).items)).toEqual([undefined, 3]);
  });

  it("are one where they differ in capitals and marks between words only, which is told", async () => {
    const files = ["user_id,timestamp,action\nann,2025-01-01,a\n", "Timestamp,userId,Action\n2025-01-02,bob,b\n"];
    const { items, notes } = await readContents(files);
    expect(items).toMatchObject([
      { user_id: "ann", action: "a" },
      { user_id: "bob", action: "b" },
    ]);
    expect(notes).toMatch(/spell otherwise are taken for one: user_id for userId of \S+, timestamp for Timestamp of /);
    const both = await readContents([files[0] ?? "", "user_id,userId,timestamp,action\nbob,1,2025-01-02,b\n"]);
    expect(both.users).toEqual(["ann", "bob"]);
  });

  it("are several where their names differ in letters of any language, or in signs", async () => {
    const files = ["用户id,time,value\nann,2025-01-01,1\n", "订单id,用户id,time,value %\n7,bob,2025-01-02,50\n"];
    const { items, notes } = await readContents(files, { user: "用户id" });
    expect(items.map(({ user_id, value }) => ({ user_id, value }))).toEqual([
      { user_id: "ann", value: 1 },
      { user_id: "bob", value: undefined },
    ]);
    expect(notes).toContain("value is no column of ");
    const thai = ["user,time,ที่\nann,2025-01-01,1\n", "user,time,ทู่\nbob,2025-01-02,50\n"];
    expect((await readContents(thai, { value: "ที่" })).items[1]?.value).toBeUndefined();
    const french = ["utilisateur,date,Événement\nann,2025-01-01,a\n", "utilisateur,date,evenement\nbob,2025-01-02,b\n"];
    expect((await readContents(french)).items.map(({ action }) => action)).toEqual(["a", "b"]);
  });

  it("are in no file without users", async () => {
    expect(await refusalOf(["user_id,time\nann,2025-01-01\n", "x,time\n1,2025-01-01\n"])).toContain(
      "has no column user_id",
    );
  });
});

describe("the columns of a file", () => {
  const plain = Array.from({ length: 2_100 }, (_, n) => `{"user_id":"u${n % 9}","time":"${time(n)}","action":"a"}`);

  it("are those of all records of JSON, wherever they come first", async () => {
    const late = `{"user_id":"u1","time":"${time(3_000)}","action":"b","value":7,"event_id":"e-1","passive":true}`;
    const { items } = await readContent([...plain, late, plain[0]].join("\n"));
    expect(items[2_100]).toMatchObject({ value: 7, event_id: "e-1", passive: true });
    const nested = plain.map((line) => line.replace("}", ',"p":{"q":1}}'));
    const deep = `{"user_id":"u1","time":"${time(3_000)}","action":"b","p":{"q":1,"revenue":4}}`;
    expect((await readContent([...nested, deep].join("\n"))).items.at(-1)?.value).toBe(4);
    const array = `[${[...plain, late].join(",\n")}]`;
    expect((await readContent(array)).items.at(-1)?.value).toBe(7);
  });

  it("may be one and the same throughout: the user is the one of another name, which is told", async () => {
    const rows = (account: (row: number) => string) =>
      `account_id,email,time\n${Array.from({ length: 2_500 }, (_, row) => `${account(row)},u${row % 9}@x.org,2025-01-${10 + (row % 9)}\n`).join("")}`;
    const { users, notes } = await readContent(rows(() => "shop"));
    expect(new Set(users).size).toBe(9);
    expect(notes).toContain("account_id is the same in every row, so email is used as the user.");
    const sorted = await readContent(rows((row) => (row < 2_400 ? "a1" : "a2")));
    expect([...new Set(sorted.users)]).toEqual(["a1", "a2"]);
    const partly = await readContent(
      rows((row) => (row < 2_400 ? "shop" : "")),
      { acceptRejected: true },
    );
    expect([...new Set(partly.users)]).toEqual(["shop"]);
    const one = await readContent(
      rows(() => "shop"),
      { user: "account_id" },
    );
    expect([...new Set(one.users)]).toEqual(["shop"]);
  });

  it.each([
    ["user_id", "author", "ann,ben,cy"],
    ["uid", "login", "ann,ben,cy"],
    ["account_id", "login", "yes,no"],
    ["account_id", "author", "ann,ben,"],
  ])("%s may be one user's, whom a column of another name does not replace: %s of %s", async (user, other, texts) => {
    const cells = texts.split(",");
    const rows = Array.from({ length: 60 }, (_, row) => `u1,${cells[row % cells.length]},2025-01-${10 + (row % 9)}\n`);
    const { users, notes } = await readContent(`${user},${other},time\n${rows.join("")}`);
    expect([...new Set(users)]).toEqual(["u1"]);
    const isTold = notes.includes(
      `${user} is the same in every row. Use --user ${other} if that tells the users apart.`,
    );
    expect(isTold).toBe(cells.includes("cy"));
  });

  it("may be empty for thousands of rows: the user is still who has the clearest name", async () => {
    const rows = Array.from({ length: 4_200 }, (_, n) => `${n < 2_100 ? "" : `u${n % 9}`},anon-${n % 50},${time(n)}`);
    const table = `userId,anonymousId,time\n${rows.join("\n")}\n`;
    expect(await refusalOf(table)).toMatch(/50 % of its rows cannot be read[\s\S]*Columns: userId → user/);
    const empty = table.replace(/^u\d/gm, "");
    const { users, notes } = await readContent(empty);
    expect(users[0]).toBe("anon-0");
    expect(notes).toContain("userId is empty in every row, so anonymousId is used as the user.");
  });
});
