import { expect, it } from "vitest";
import { detectLayout } from "./layout.ts";

it("takes time by the length of a line only, of brackets and commas as well", () => {
  const lines = ["[", `{"a":"${"],".repeat(100_000)}x`, `{"a":1}${",".repeat(200_000)}x`, "]"];
  const started = performance.now();
  expect(detectLayout(lines, "log.json", undefined).kind).toBe("json-document");
  // By the square of the length it takes minutes.
  expect(performance.now() - started).toBeLessThan(5_000);
});
