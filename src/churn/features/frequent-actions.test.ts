import { expect, it } from "vitest";
import { frequentActions } from "./frequent-actions.ts";

it("takes the actions of at least a twentieth of the users, those of most users first", () => {
  const frequencies = [
    { action: "rare", users: 4 },
    { action: "login", users: 100 },
    { action: "b", users: 5 },
    { action: "a", users: 5 },
  ];
  expect(frequentActions(frequencies, 100)).toEqual(["login", "a", "b"]);
});

it("takes twelve at most", () => {
  const frequencies = Array.from({ length: 30 }, (_, i) => ({ action: `a${i}`, users: 30 - i }));
  expect(frequentActions(frequencies, 30)).toHaveLength(12);
});

it("takes none where every action is the same one", () => {
  expect(frequentActions([{ action: "purchase", users: 100 }], 100)).toEqual([]);
});
