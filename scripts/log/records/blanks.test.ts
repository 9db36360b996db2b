import { describe, expect, it } from "vitest";
import { readContent } from "#test/support/read-content.ts";

describe("rows with blanks between fields", () => {
  it("may have a date and a time of day under one name", async () => {
    const rows = Array.from({ length: 9 }, (_, n) => `u${n}       2025-01-01 10:00:0${n}  view`);
    const header = "user_id  timestamp            action\n";
    const { items, log } = await readContent(`${header}${rows.join("\n")}\n`);
    expect(log.columns).toContain("timestamp and time of day → time (ISO 8601), action → action");
    expect(items[3]).toEqual({ user_id: "u3", action: "view", timestamp: Date.parse("2025-01-01T10:00:03Z") });
    const ruled = await readContent(`${header}-------  -------------------  ------\n${rows.join("\n")}\n`);
    expect(ruled.items).toEqual(items);
    expect(ruled.account).toMatchObject({ rejected: [], notRecords: { comment: 1 } });
  });

  const rows = Array.from({ length: 9 }, (_, n) => [`${n + 1}`, "2025-01-10", `10:30:0${n}`, `u${n % 4}`, "login"]);
  const text = (header: string) => `${[header, ...rows.map((row) => row.join("  "))].join("\n")}\n`;

  it("may be counted in a column of its own beside a date and a time of day under one name", async () => {
    const { items, columns } = await readContent(text("id  date  user  action"));
    expect(columns).toContain("user → user, date and time of day → time (ISO 8601), action → action");
    expect(items[4]).toMatchObject({ user_id: "u0", action: "login", timestamp: Date.parse("2025-01-10T10:30:04Z") });
  });

  it("may be counted in a column without a name, as R writes it, before a date and a time of day with a name each", async () => {
    const { items, columns } = await readContent(text("date  time  user  action"));
    expect(columns).toContain("user → user, date and time → time (ISO 8601), action → action");
    expect(items[4]).toMatchObject({ user_id: "u0", action: "login", timestamp: Date.parse("2025-01-10T10:30:04Z") });
  });
});
