import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { parseOptions } from "../terminal/options.ts";
import { addLogOptions, logOptionsSchema } from "./options.ts";

const read = (...args: string[]) =>
  parseOptions(logOptionsSchema, addLogOptions(new Command()).parse(args, { from: "user" }).opts());

describe("the options of a log", () => {
  it("are read from a command line", () => {
    expect(
      read(
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
      ),
    ).toEqual({
      user: "id",
      time: "2",
      timeFormat: "%Y",
      timezone: "UTC",
      header: false,
      actionName: "purchase",
    });
  });

  it("are all optional, and refuse two answers to one question", () => {
    expect(read()).toEqual({});
    expect(read("--no-id", "--header", "--delimiter", "tab")).toEqual({ noId: true, header: true, delimiter: "\t" });
    expect(() => read("--action", "a", "--action-name", "b")).toThrow(/exclude each other/);
  });
});
