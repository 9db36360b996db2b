import { parseArgs } from "node:util";
import { describe, expect, it } from "vitest";
import { logFlags, logHelp, logOptions } from "./options.ts";

describe("logOptions", () => {
  it("reads the flags from a command line", () => {
    const args = [
      "--user",
      "id",
      "--time=2",
      "--time-format",
      "%Y",
      "--timezone",
      "UTC",
      "--no-header",
      "--action-name",
      "purchase",
    ];
    const { values } = parseArgs({ args, options: logFlags });
    expect(logOptions(values)).toEqual({
      user: "id",
      time: "2",
      timeFormat: "%Y",
      timezone: "UTC",
      noHeader: true,
      actionName: "purchase",
    });
  });

  it("leaves flags of other kinds alone, and refuses two answers to one question", () => {
    expect(logOptions({ to: "http://localhost" })).toEqual({});
    expect(() => logOptions({ action: "a", "action-name": "b" })).toThrow(/exclude each other/);
  });

  it("explains every flag", () => {
    for (const flag of Object.keys(logFlags)) expect(logHelp).toContain(`--${flag} `);
  });
});
