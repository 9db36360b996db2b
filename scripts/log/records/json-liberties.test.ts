import { describe, expect, it } from "vitest";
import { readContent, refusalOf } from "#test/support/read-content.ts";

const record = (n: number) => `{"user_id":"u${n}","action":"a","timestamp":"2025-01-0${n}T00:00:00Z"}`;

describe("JSON as programs write it", () => {
  it("has a comma behind each line", async () => {
    const { users, account } = await readContent(`${[1, 2, 3].map((n) => `${record(n)},`).join("\n")}\n`);
    expect(users).toEqual(["u1", "u2", "u3"]);
    expect(account).toMatchObject({ unit: "lines", read: 3, rejected: [] });
  });

  it.each([
    ["with commas behind", ["[", ...[1, 2, 3].map((n) => `  ${record(n)},`), "]"], 2],
    ["with commas before", [`[${record(1)}`, `,${record(2)}`, `,${record(3)}]`], 0],
    ["with the first and the last beside the brackets", [`[${record(1)},`, `${record(2)},`, `${record(3)}]`], 0],
  ])("is an array of a record to a line, %s", async (_, lines, bracket) => {
    const { users, account, places } = await readContent(lines.join("\r\n"));
    expect(users).toEqual(["u1", "u2", "u3"]);
    expect(account).toMatchObject({ unit: "lines", rejected: [], notRecords: { bracket } });
    expect(places[2]).toBe(`line ${lines.findIndex((line) => line.includes("u3")) + 1}`);
  });

  it("loses only the line that is broken of an array", async () => {
    const lines = [
      "[",
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `${record(n)},`),
      '{"user_id":"u9",',
      `${record(9)}`,
      "]",
    ];
    const { users, rejected } = await readContent(lines.join("\n"));
    expect(users).toHaveLength(9);
    expect(rejected).toEqual(['is not valid JSON: {"user_id":"u9",']);
  });

  it("has NaN and Infinity of Python, in the first lines as well", async () => {
    const lines = ["NaN", "1.5", "-Infinity", "2"].map((value, n) => `${record(n + 1).slice(0, -1)},"value":${value}}`);
    const { items, account } = await readContent(`${lines.join("\n")}\n`);
    expect(items.map(({ value }) => value)).toEqual([undefined, 1.5, undefined, 2]);
    expect(account.unreadValues.count).toBe(1);
  });

  it("is a sequence of texts with a mark before each (RFC 7464)", async () => {
    const { users } = await readContent([1, 2].map((n) => `\u001e${record(n)}\n`).join(""));
    expect(users).toEqual(["u1", "u2"]);
  });
});

describe("JSON that is a map of records", () => {
  const events = [1, 2, 3].map((n) => ({ user: `u${n}`, ts: `2025-01-0${n}`, event: "a" }));

  it("has each of its entries as a record, as databases of documents export a collection", async () => {
    const map = Object.fromEntries(events.map((event, n) => [`-N${n}`, event]));
    const { users, notes, account } = await readContent(JSON.stringify(map));
    expect(users).toEqual(["u1", "u2", "u3"]);
    expect(account).toMatchObject({ unit: "records", read: 3 });
    expect(notes).toBe("Each entry of the file's object is read as a record, with its key as _key.");
    expect((await readContent(JSON.stringify({ meta: { count: 3 }, events: map }, null, 1))).users).toHaveLength(3);
  });

  it("has arrays of records, of which none is left out, with the user as the key", async () => {
    const map = Object.fromEntries(
      events.map(({ user, ts, event }) => [
        user,
        [
          { ts, event },
          { ts, event: "b" },
        ],
      ]),
    );
    const { users } = await readContent(JSON.stringify(map), { user: "_key" });
    expect(users).toEqual(["u1", "u1", "u2", "u2", "u3", "u3"]);
  });

  it("tells other arrays, which are left out", async () => {
    const { users, notes } = await readContent(JSON.stringify({ events, stores: [{ id: 1, city: "x" }] }));
    expect(users).toHaveLength(3);
    expect(notes).toContain('Other records of the file are left out: "stores".');
  });
});

describe("JSON that has a map of records and an array", () => {
  const users = Object.fromEntries(
    [1, 2, 3].map((n) => [`k${n}`, { email: `u${n}@example.com`, created_at: "2024-12-01", name: "x", city: "y" }]),
  );
  const array = [{ user_id: "ann", action: "pay", timestamp: "2025-01-01" }];

  it("is read from the array where that has more of what an action needs", async () => {
    const { items, notes } = await readContent(JSON.stringify({ users, events: array }));
    expect(items).toMatchObject([{ user_id: "ann", action: "pay" }]);
    expect(notes).toContain('Other records of the file are left out: "users".');
  });

  it("is read from the map where the array has no user or no time", async () => {
    const stores = [{ id: 1, city: "x", street: "y", country: "z", zip: "0", tel: "1", opens: "8" }];
    const { items, notes } = await readContent(JSON.stringify({ users, stores }));
    expect(items).toHaveLength(3);
    expect(notes).toContain('Other records of the file are left out: "stores".');
  });

  it("is read from the map where the array stands in its records", async () => {
    const nested = Object.fromEntries(Object.entries(users).map(([key, user]) => [key, { ...user, events: array }]));
    expect((await readContent(JSON.stringify(nested))).items).toHaveLength(3);
  });
});

describe("JSON within other lines", () => {
  it("is read behind the text that a logger writes before it, and told", async () => {
    const lines = [1, 2].map((n) => `Jan 0${n} 10:00:00 web-1 app[7]: ${record(n)}`);
    const { users, notes } = await readContent(`${lines.join("\n")}\n`);
    expect(users).toEqual(["u1", "u2"]);
    expect(notes).toBe("Each line is read from its first { on; the text before it is left out.");
  });

  it.each([
    ["docker logs -t", (day: number) => `2025-01-0${day}T10:00:00.123456789Z `],
    ["docker compose logs -t", (day: number) => `web-1  | 2025-01-0${day}T10:00:00.123456789Z `],
    ["containerd", (day: number) => `2025-01-0${day}T12:00:00.123456789+02:00 stdout F `],
    ["Log4j", (day: number) => `2025-01-0${day} 10:00:00,123 INFO [main] c.a.Service - `],
    ["Monolog", (day: number) => `[2025-01-0${day}T10:00:00.123456+00:00] app.INFO: login `],
  ])("has the time that %s writes before it, where it has none of its own", async (_, prefix) => {
    const lines = [1, 2, 3, 4, 5].map((day) => `${prefix(day)}{"user_id":"u${day}","action":"login"}\n`);
    const content = `${lines.join("")}${prefix(6)}{}\n`;
    const { items, notes, account } = await readContent(content, { acceptRejected: true });
    expect(items.map((item) => [item.user_id, item.action, item.timestamp])).toEqual(
      [1, 2, 3, 4, 5].map((day) => [`u${day}`, "login", Date.parse(`2025-01-0${day}T10:00:00.123Z`)]),
    );
    expect(account.rejected).toMatchObject([{ reason: "has no user", count: 1 }]);
    expect(notes).toContain("Each line is read from its first { on, with the time before it as time");
  });

  it("is a field where columns are named by number", async () => {
    const lines = [1, 2].map((day) => `2025-01-0${day}T10:00:00Z ann {"user_id":"u${day}"}\n`);
    const { users } = await readContent(lines.join(""), { time: "1", user: "2", header: false });
    expect(users).toEqual(["ann", "ann"]);
  });

  it("is a column of its own where the others name the user and the time", async () => {
    const { users } = await readContent(
      `user\ttime\tdata\n${[1, 2].map((n) => `ann${n}\t2025-01-01\t${record(n)}\n`).join("")}`,
    );
    expect(users).toEqual(["ann1", "ann2"]);
  });

  it("is refused where it is arrays, and so are statements of SQL, with what to do", async () => {
    expect(await refusalOf('["ann","2025-01-01"]\n["bob","2025-01-02"]\n')).toContain(
      "JSON arrays, which do not name their fields",
    );
    expect(
      await refusalOf("INSERT INTO e VALUES ('ann','2025-01-01');\nINSERT INTO e VALUES ('b','2025-01-01');\n"),
    ).toContain("it holds SQL statements. Export the table as CSV or JSON");
  });
});
