import { expect, it } from "vitest";
import { shortHash } from "./short-hash.ts";

it("is the beginning of SHA-256 of the JSON", () => {
  // printf '["/shop","1"]' | sha256sum
  expect(shortHash(["/shop", "1"], 16)).toBe("58a95a698c8a5c1f");
  expect(shortHash(["/shop", "1"], 64)).toHaveLength(64);
  expect(shortHash(["/shop", "2"], 16)).not.toBe(shortHash(["/shop", "1"], 16));
});
