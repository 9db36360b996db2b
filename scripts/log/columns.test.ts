import { describe, expect, it } from "vitest";
import { chooseColumns, describeColumns, type Sample } from "./columns.ts";
import type { LogOptions } from "./options.ts";
import { timeParser } from "./time.ts";

function choose(names: string[] | undefined, rows: string[][], options: LogOptions = {}) {
  const sample: Sample = { names, rows };
  const columns = chooseColumns(sample, options, timeParser(options.timeFormat, options.timezone));
  return { columns, text: describeColumns(columns, sample, options) };
}

describe("chooseColumns", () => {
  it("guesses from the header, and tells what it guessed", () => {
    const { columns, text } = choose(
      ["customer_id", "date", "number_of_cds", "dollar_value"],
      [["00001", "19970101", "1", "11.77"]],
    );
    expect(columns).toEqual({ user: 0, time: 1, action: undefined, value: 3, id: undefined });
    expect(text).toBe(
      "customer_id → user, date → time (yyyymmdd), dollar_value → value; no action column: every line counts as «action»",
    );
  });

  it("knows a name whatever its case and punctuation, and prefers the clearer one", () => {
    const { columns } = choose(
      ["Date", "User-ID", "user", "eventType", "Created At", "@timestamp"],
      [["x", "7", "Ann", "login", "2024-01-01", "2024-01-01T00:00:00Z"]],
    );
    expect(columns).toMatchObject({ user: 1, time: 5, action: 3 });
  });

  it("takes columns by name or by number from 1", () => {
    const options = { user: "3", time: "when", action: "1" };
    expect(choose(["a", "when", "b"], [["x", "2024-01-01", "u"]], options).columns).toMatchObject({
      user: 2,
      time: 1,
      action: 0,
    });
    const { columns, text } = choose(undefined, [["u", "1112911993"]], {
      user: "1",
      time: "2",
      actionName: "purchase",
    });
    expect(columns).toMatchObject({ user: 0, time: 1, action: undefined });
    expect(text).toBe("column 1 → user, column 2 → time (epoch seconds); every line counts as «purchase»");
  });

  it("guesses a value only where it holds numbers, and an event id only where it tells rows apart", () => {
    const header = ["user", "time", "value", "event_id"];
    const row = (value: string, id: string) => ["u", "2024-01-01", value, id];
    expect(choose(header, [row("1.5", "a"), row("NULL", "b")]).columns).toMatchObject({ value: 2, id: 3 });
    expect(choose(header, [row("high", "4624"), row("low", "4624")]).columns).toMatchObject({
      value: undefined,
      id: undefined,
    });
  });

  it("says which column is missing, which there are, and which flag to use", () => {
    expect(() => choose(["code", "length"], [["a", "1"]])).toThrow(
      "Cannot tell which column holds the user: name it with --user COLUMN. Columns found: code, length.",
    );
    expect(() => choose(["user", "length"], [["a", "1"]])).toThrow(/holds the time: name it with --time COLUMN/);
    expect(() => choose(["user", "date"], [["a", "2024-01-01"]], { action: "verb" })).toThrow(
      "--action verb: there is no such column.",
    );
    expect(() => choose(["user", "date"], [["a", "2024-01-01"]], { value: "3" })).toThrow(/no such column/);
    expect(() => choose(["user", "date"], [["a", "2024-01-01"]], { value: "0" })).toThrow(/no such column/);
  });

  it("refuses offsets for times by name, with what is accepted", () => {
    expect(() =>
      choose(
        ["id_student", "day", "action"],
        [
          ["1", "-47", "x"],
          ["1", "9", "x"],
        ],
      ),
    ).toThrow(
      /The column day does not hold times: "-47", "9" are offsets from a date that the log does not name. Accepted: ISO 8601/,
    );
    expect(() => choose(["user", "date"], [["a", "01/02/2024"]])).toThrow(/--time-format/);
    expect(() => choose(["user", "date"], [["a", "2024-01-02"]], { timeFormat: "dd.MM.yyyy" })).toThrow(
      'The column date does not hold times of the format dd.MM.yyyy: "2024-01-02".',
    );
  });

  it("is content when only some of the first rows have a time", () => {
    expect(
      choose(
        ["user", "date"],
        [
          ["a", "soon"],
          ["a", "2024-01-01"],
        ],
      ).columns.time,
    ).toBe(1);
  });
});
