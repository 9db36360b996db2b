import { describe, expect, it } from "vitest";
import { readContent } from "#test/support/read-content.ts";

describe("rows with blanks between fields", () => {
  it("may have a date and a time of day under one name", async () => {
    const rows = Array.from({ length: 9 }, (_, n) => `u${n}       2025-01-01 10:00:0${n}  view`);
    const { items, log, rejected } = await readContent(
      `user_id  timestamp            action\n-------  -------------------  ------\n${rows.join("\n")}\n`,
    );
    expect(log.columns).toContain("timestamp and time of day → time (ISO 8601), action → action");
    expect(items[3]).toEqual({ user_id: "u3", action: "view", timestamp: Date.parse("2025-01-01T10:00:03Z") });
    expect(rejected).toEqual(["has 3 fields and not 4: -------  -------------------  ------"]);
  });
});
