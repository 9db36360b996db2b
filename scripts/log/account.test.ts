import { expect, it } from "vitest";
import { describeRejected } from "./account.ts";

it("shows what is in a rejected line, and nothing that a terminal would obey or that would turn the order of the line", () => {
  const text = `ann\tlog\nin\u001b[2Jout\u202enigol\u2028${"x".repeat(200)}`;
  const first = [{ place: "line 3", text }];
  const unreadValues = { count: 0, first: [] };
  const told = describeRejected({ rejected: [{ reason: "has no user", count: 1, first }], unreadValues });
  const shown = "ann\\tlog\\nin·[2Jout nigol ";
  expect(told.split("\n")).toEqual(["  1 line: has no user", `    line 3: ${shown}${"x".repeat(119 - shown.length)}…`]);
});
