import { describe, expect, it } from "vitest";
import { readContent, refusalOf } from "#test/support/read-content.ts";

describe("JSON", () => {
  const record = (n: number) => ({ event: "view", properties: { distinct_id: `u${n}`, time: 1_735_689_600 + n } });
  it.each([
    ["one object to a line", `${JSON.stringify(record(1))}\n\n${JSON.stringify(record(2))}`],
    ["an array", JSON.stringify([record(1), record(2)], null, 1)],
    ["objects one after another", `${JSON.stringify(record(1), null, 1)}\n${JSON.stringify(record(2), null, 1)}`],
    [
      "an object around them",
      JSON.stringify({ exported: "2025-01-01", count: 2, data: { events: [record(1), record(2)] } }),
    ],
    ["an object around them over lines", JSON.stringify({ events: [record(1), record(2)] }, null, 2)],
    ["an array on each line", [1, 2].map((n) => JSON.stringify([record(n)])).join("\n")],
    ["arrays one after another", [1, 2].map((n) => JSON.stringify([record(n)], null, 1)).join("\n")],
    [
      "files with the mark of an encoding, put together",
      [1, 2].map((n) => `\ufeff${JSON.stringify(record(n))}`).join("\n"),
    ],
    ["an object around some on each line", [1, 2].map((n) => JSON.stringify({ batch: [record(n)] })).join("\n")],
  ])("is read as %s, with its nested fields", async (_, content) => {
    const { items, log } = await readContent(content, { user: "properties.distinct_id" });
    expect(items).toEqual(
      [1, 2].map((n) => ({ user_id: `u${n}`, action: "view", timestamp: 1_735_689_600_000 + n * 1000 })),
    );
    expect(log.columns).toContain(
      "properties.distinct_id → user, properties.time → time (epoch seconds), event → action",
    );
  });

  it("is read from texts within it, where options name their fields, as containers' logs have it", async () => {
    const inner = (id: string) => `{"user":{"id":${id}},"event":"view","ts":1735689600,"amount":2.5}\n`;
    const texts = [inner("738529527931269425"), inner('"ann"'), "Listening on port 80\n", inner("7.5")];
    const content = texts.map((log) => JSON.stringify({ log, stream: "stdout", time: "2026-02-01T00:00:00Z" }));
    const options = { user: "log.user.id", time: "log.ts", action: "log.event", value: "log.amount" };
    const { items, account } = await readContent(content.join("\n"), { ...options, acceptRejected: true });
    expect(items.map(({ user_id, timestamp, value }) => [user_id, timestamp, value])).toEqual([
      ["738529527931269425", 1_735_689_600_000, 2.5],
      ["ann", 1_735_689_600_000, 2.5],
    ]);
    expect(account.rejected.map(({ reason, count }) => [reason, count])).toEqual([
      ["has no user", 1],
      ["the user, the action or the id is neither text nor a whole number", 1],
    ]);
    expect(await refusalOf(content.join("\n"))).toContain(
      "Columns found: log (JSON: log.user, log.event, log.ts, log.amount), stream, time.",
    );
  });

  it("keeps every digit of numbers of 64 bits, and loses only the lines that are broken", async () => {
    const ids = ["738529527931269425", "738529527931269426", "738529527931269427"];
    const lines = ids.map((id) => `{"user_id":${id},"timestamp":"2025-01-01","action":"a"}`);
    const { users, account } = await readContent([lines[0], '{"user_id":', lines[1], "[1]", lines[2]].join("\n"), {
      acceptRejected: true,
    });
    expect(users).toEqual(ids);
    expect(account.rejected.map(({ reason, first }) => [reason, first[0]?.place])).toEqual([
      ["is not valid JSON", "line 2"],
      ["must be a JSON object", "line 4"],
    ]);
    expect((await readContent(`[${lines.join(",")}]`)).users).toEqual(ids);
  });

  it("may be one line of megabytes", async () => {
    const events = Array.from({ length: 40_000 }, (_, n) => ({ ...record(n), note: "so that it is long" }));
    const { items } = await readContent(JSON.stringify({ events }));
    expect(items).toHaveLength(40_000);
    await expect(readContent(`user,time\n${"x".repeat(3_000_000)}\n`)).rejects.toThrow(/a line is longer than 2 MB/);
  });

  it("that is damaged is refused", async () => {
    expect(await refusalOf({ "log.json": `[${JSON.stringify(record(1))},{"event":` })).toMatch(
      /Cannot read .* as JSON/,
    );
  });

  it("accounts for lines around records: those that are broken, hold none, or have them elsewhere", async () => {
    const row = (n: number) => ({ user_id: `u${n}`, timestamp: `2025-01-0${n}`, action: "a" });
    const lines = [
      JSON.stringify({ Records: [row(1), row(2)] }),
      '{"Records":[{"user_id":"u9",',
      "",
      JSON.stringify({ Records: [] }),
      JSON.stringify({ Entries: [row(9)] }),
      JSON.stringify({ Records: [row(3)] }),
    ];
    const { users, account, rejected } = await readContent(`${lines.join("\n")}\n`, { acceptRejected: true });
    expect(users).toEqual(["u1", "u2", "u3"]);
    expect(account).toMatchObject({ unit: "records", read: 7, notRecords: { blank: 1 } });
    expect(rejected).toEqual([
      'holds no records in "Records": (line 4 of the file) {"Records":[]}',
      `holds no records in "Records": (line 5 of the file) ${lines[4]}`,
      `is not valid JSON: (line 2 of the file) ${lines[1]}`,
    ]);
    const inArray = await readContent(
      JSON.stringify([{ Records: [row(1), row(2)] }, { Records: null }, { Records: [row(3)] }]),
      {
        acceptRejected: true,
      },
    );
    expect(inArray.users).toEqual(["u1", "u2", "u3"]);
    expect(inArray.rejected).toEqual(['holds no records in "Records": (record 2 of the file) {"Records":null}']);
  });

  it("has records that hold arrays of objects themselves, where the options name their fields", async () => {
    const row = { who: "ann", at: "2025-01-01", items: [{ sku: "a", price: 1, count: 2 }] };
    const { users } = await readContent(`${JSON.stringify(row)}\n`, { user: "who", time: "at" });
    expect(users).toEqual(["ann"]);
  });
});
