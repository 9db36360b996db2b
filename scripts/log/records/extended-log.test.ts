import { describe, expect, it } from "vitest";
import { readContent } from "#test/support/read-content.ts";

const directives =
  "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2025-01-01 00:00:00\n";

describe("W3C's extended log format", () => {
  it("is read by the fields that it names, where - is nothing", async () => {
    const { log, users, account } = await readContent(
      `${directives}#Fields: date time cs-method cs-uri-stem cs-username sc-status\n2025-01-01 10:00:00 GET /a ann 200\n2025-01-01 10:00:01 GET /b - 200\n2025-01-02 10:00:00 POST /a "bob b" 200\n2025-01-02 10:00:00 GET\n`,
      { acceptRejected: true },
    );
    expect(log.columns).toContain("cs-username → user, date and time → time");
    expect(users).toEqual(["ann", "bob b"]);
    expect(account).toMatchObject({
      read: 8,
      notRecords: { comment: 4 },
      rejected: [
        { reason: "has 3 fields and not 6", count: 1 },
        { reason: "has no user", count: 1, first: [{ place: "line 6" }] },
      ],
    });
  });

  it("names other fields where the server was restarted", async () => {
    const { users, items, places, notes } = await readContent(
      `${directives}#Fields: date time s-ip cs-method cs-username\n2025-01-01 10:00:00 10.0.0.1 GET ann\n${directives}#Fields: date time cs-method cs-username s-ip time-taken\n2025-01-02 10:00:00 POST bob 10.0.0.1 5\n${directives}#Fields: date time s-ip cs-method cs-username\n2025-01-03 10:00:00 10.0.0.1 GET cem\n`,
    );
    expect(users).toEqual(["ann", "bob", "cem"]);
    expect(items.map(({ action }) => action)).toEqual(["GET", "POST", "GET"]);
    expect(places).toEqual(["line 5", "line 10", "line 15"]);
    expect(notes).toBe("The fields change in line 9: each line is read by the last #Fields line above it.");
  });
});
