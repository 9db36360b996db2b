import { expect, it } from "vitest";
import { readContent, readContents, refusalOf } from "#test/support/read-content.ts";

const csv = (header: string, row: (n: number) => string) =>
  `${header}\n${Array.from({ length: 9 }, (_, n) => `${row(n + 1)}\n`).join("")}`;

it("takes no object of JSON for a user, and names the fields that may be one", async () => {
  const content = csv("user,event,time", (n) => `"{""id"": ""u${n}"", ""visits"": ${n}}",a,2025-01-0${n}`);
  expect(await refusalOf(content)).toContain("Columns found: user (JSON: user.id, user.visits), event, time.");
  expect((await readContent(content, { user: "user.id" })).users[8]).toBe("u9");
  const braces = csv("user,time", (n) => `{6F9619FF-8B86-D011-B42D-00C04FC964F${n}},2025-01-0${n}`);
  expect((await readContent(braces)).users[0]).toBe("{6F9619FF-8B86-D011-B42D-00C04FC964F1}");
});

it("tells of a column that is called a value and holds no numbers, unless another one is read", async () => {
  const content = csv("user,time,value,total", (n) => `u${n},2025-01-0${n},0:0${n}:46,${n}`);
  expect((await readContent(content.replaceAll(/,\w+$/gm, ""))).notes).toBe(
    'value holds no numbers, such as "0:01:46", so no value is read from it.',
  );
  const { items, notes } = await readContent(content);
  expect(items[8]?.value).toBe(9);
  expect(notes).toBe("");
});

it.each(["duration", "sessionLength", "time_spent", "value"])(
  "takes no %s behind a date for the time of day",
  async (name) => {
    const rows = (n: number) => `u${n},2025-01-0${n},0:0${n}:46`;
    const { columns, items } = await readContent(csv(`user,date,${name}`, rows));
    expect(columns).toContain("date → time (ISO 8601)");
    expect(items[0]?.timestamp).toBe(Date.parse("2025-01-01"));
    expect((await readContent(csv("user,date,start", rows))).columns).toContain("date and start → time");
  },
);

it.each([
  ["due_date", "paid_date"],
  ["expiresAt", "boughtAt"],
  ["session_end", "session_start"],
])("takes %s for the time of an action only where there is no other, such as %s", async (other, name) => {
  const row = (n: number) => `u${n % 3},2025-02-0${n},2025-01-0${n}`;
  expect((await readContent(csv(`user_id,${other},${name}`, row))).columns).toContain(`${name} → time`);
  expect((await readContent(csv(`user_id,${other},plan`, (n) => row(n).replace(/[^,]*$/, "pro")))).columns).toContain(
    `${other} → time`,
  );
});

it.each([
  ["numbers", (n: number) => `2025,${n},1${n}`],
  [
    "names of months",
    (n: number) => `2025,${["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep"][n - 1]},1${n}`,
  ],
])("puts a date together from columns of its parts: %s", async (_, date) => {
  const content = csv("user,year,month,day,action", (n) => `u${n},${date(n)},a`);
  const { items, columns } = await readContent(content);
  expect(columns).toContain("year, month and day → time");
  expect(items.map(({ timestamp }) => new Date(timestamp).toISOString().slice(0, 10))).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `2025-0${n}-1${n}`),
  );
  const lacking = await readContent(`${content}u9,2025,,3,a\nu9,2025,2,30,a\n`);
  expect(lacking.rejected).toEqual(["has no time: u9,2025,,3,a", "the time cannot be read: u9,2025,2,30,a"]);
  const hours = await readContent(csv("user,year,month,day,hour", (n) => `u${n},${date(n)},${n + 9}`));
  expect(hours.columns).toContain("year, month, day and hour → time");
  expect(hours.items[0]?.timestamp).toBe(Date.parse("2025-01-11T10:00:00Z"));
  expect((await readContents([content, "day,action,user,month,year\n9,b,z,3,2025\n"])).items.at(-1)).toMatchObject({
    user_id: "z",
    timestamp: Date.parse("2025-03-09"),
  });
});

it("tells of zones in a column of their own, where times name none", async () => {
  const rows = (end: string) => csv("user,time,timezone", (n) => `u${n},2025-01-0${n} 10:00:00${end},Europe/Berlin`);
  expect((await readContent(rows(""))).notes).toBe(
    "timezone (Europe/Berlin) is not read: times without a zone are taken for UTC. Use --timezone if they are all of another.",
  );
  expect((await readContent(rows(""), { timezone: "Europe/Berlin" })).notes).toBe("");
  expect((await readContent(rows("+01:00"))).notes).toBe("");
});

it("prefers a time of UTC to a local one, where both are called alike", async () => {
  const content = csv("user,local_time,utc_time", (n) => `u${n},2025-01-0${n}T19:00:00,2025-01-0${n}T10:00:00`);
  expect((await readContent(content)).columns).toContain("utc_time → time");
});

it("refuses files of which one has the day first and the other the month, whichever has more rows", async () => {
  const file = (date: (n: number) => string) => csv("user,time", (n) => `u${n},${date(n)}`);
  const files = [file((n) => `${n + 10}/01/2025`), file((n) => `01/${n + 10}/2025`)];
  expect(await refusalOf(files)).toContain('day and month in both orders, such as "13/01/2025" and "01/13/2025"');
});

it("rejects the UUID of zeros as no user, and takes it for no id", async () => {
  const nil = "00000000-0000-0000-0000-000000000000";
  const content = csv("uuid,user,time", (n) => `${n % 2 ? nil : `i${n}`},${n === 3 ? nil : `u${n}`},2025-01-0${n}`);
  const { items, account, notes } = await readContent(content);
  expect(account.rejected).toMatchObject([{ reason: "has no user", count: 1, first: [{ place: "line 4" }] }]);
  expect(items.map(({ event_id }) => event_id).filter((id) => id !== undefined)).toEqual(["i2", "i4", "i6", "i8"]);
  expect(notes).toBe("");
});

it("knows names whose letters have marks", async () => {
  const spanish = csv("Usuario;Año;Mes;Día;Acción;Importe", (n) => `u${n};2025;${n};1${n};ver;${n},50`);
  expect((await readContent(spanish)).columns).toMatch(
    /^Usuario → user, Año, Mes and Día → time .*, Acción → action, Importe → value/,
  );
  const portuguese = csv("Usuário;Data;Ação;Valor", (n) => `u${n};1${n}/0${n}/2025;ver;${n}`);
  expect((await readContent(portuguese)).columns).toMatch(/^Usuário → user, Data → time .*, Ação → action, Valor/);
  expect((await readContent(csv("Sipariş,Kullanıcı,Tarih", (n) => `${n},u${n},2025-01-0${n}`))).users[0]).toBe("u1");
});

it.each(["unixReviewTime", "event_ts_ms", "hit_time_gmt", "epoch"])(
  "takes numbers of a column that is called %s for times, and none of other names",
  async (name) => {
    const ms = name.endsWith("ms") ? 1000 : 1;
    const content = (name: string) =>
      csv(`user_id,asin,${name}`, (n) => `u${n},${1_600_000_000 + n},${(1_740_000_000 + 86_400 * n) * ms}`);
    expect((await readContent(content(name))).columns).toContain(`${name} → time (epoch`);
    expect(await refusalOf(content("isbn"))).toContain("which column holds the time");
  },
);
