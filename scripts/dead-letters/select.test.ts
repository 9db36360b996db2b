import { describe, expect, it } from "vitest";
import { selectLetters } from "./select.ts";

const kept = ["aa11", "aa22", "bb11"].map((id) => ({ id, event: { id, source: "/s", type: "t" }, recordedAt: 0 }));

describe("selecting dead letters", () => {
  it("takes whole and shortened ids, each letter once", () => {
    expect(selectLetters(kept, ["bb", "aa11", "aa1"]).map(({ id }) => id)).toEqual(["bb11", "aa11"]);
  });

  it.each([
    ["nothing named", [], "--all"],
    ["an unknown id", ["cc"], "no dead letter cc"],
    ["an id that is not clear", ["aa"], "More than one"],
  ])("refuses %s", (_, ids, message) => {
    expect(() => selectLetters(kept, ids)).toThrow(message);
  });
});
